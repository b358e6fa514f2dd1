package library;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.Table;
import jakarta.persistence.Version;

/** Who wrote a book. */
@Entity
@Table(indexes = @Index(columnList = "name"))
public class Author {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE)
    Long authorNumber;

    @Version
    long version;

    @Column(nullable = false, length = 150)
    String name;

    @Column(nullable = false, length = 4096)
    String bio;

    protected Author() {
    }

    Author(String name, String bio) {
        this.name = name;
        this.bio = bio;
    }
}
