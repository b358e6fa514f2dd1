package library;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** What clients see. */
final class Views {
    private Views() {
    }

    record AuthorLinks(String author, String photo, String booksByAuthor) {
    }

    record AuthorView(Long authorNumber, String name, String bio, String photo, @JsonProperty("_links") AuthorLinks links) {
    }

    record Link(String href) {
    }

    record BookLinks(String self, List<Link> authors, String photo) {
    }

    record BookView(String title, List<String> authors, String genre, String description, String isbn,
                    @JsonProperty("_links") BookLinks links) {
    }

    record Items<T>(List<T> items) {
    }

    private static String site() {
        return ServletUriComponentsBuilder.fromCurrentContextPath().toUriString();
    }

    private static String address(Author author) {
        return site() + "/api/authors/" + author.authorNumber;
    }

    static AuthorView of(Author author) {
        String address = address(author);
        AuthorLinks links = new AuthorLinks(address, address + "/photo", address + "/books");
        return new AuthorView(author.authorNumber, author.name, author.bio, null, links);
    }

    static BookView of(Book book) {
        String address = site() + "/api/books/" + book.isbn;
        List<Link> authors = book.authors.stream().map(author -> new Link(address(author))).toList();
        List<String> names = book.authors.stream().map(author -> author.name).toList();
        BookLinks links = new BookLinks(address, authors, address + "/photo");
        return new BookView(book.title, names, book.genre, book.description, book.isbn, links);
    }
}
