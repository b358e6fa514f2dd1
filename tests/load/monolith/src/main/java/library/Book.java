package library;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.Version;
import java.util.List;

/** A book with its authors. */
@Entity
public class Book {
    @Id
    @GeneratedValue
    Long id;

    @Version
    long version;

    @Column(nullable = false, unique = true, length = 13)
    String isbn;

    @Column(nullable = false, length = 128)
    String title;

    @Column(nullable = false, length = 100)
    String genre;

    @Column(length = 4096)
    String description;

    @ManyToMany
    List<Author> authors;

    protected Book() {
    }

    Book(String isbn, String title, String genre, List<Author> authors) {
        this.isbn = isbn;
        this.title = title;
        this.genre = genre;
        this.authors = authors;
    }
}
