package library;

import java.net.URI;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** The routes that the older library's own load tests ask for, and one to begin with a book. */
@RestController
@RequestMapping("/api")
class Routes {
    private final Authors authors;
    private final Books books;

    Routes(Authors authors, Books books) {
        this.authors = authors;
        this.books = books;
    }

    @GetMapping("/authors")
    Views.Items<Views.AuthorView> byName(@RequestParam String name) {
        return new Views.Items<>(authors.findByNameStartsWithIgnoreCase(name).stream().map(Views::of).toList());
    }

    @PostMapping("/authors")
    ResponseEntity<Views.AuthorView> add(@RequestParam String name, @RequestParam String bio) {
        Author author = authors.save(new Author(name, bio));
        URI location = ServletUriComponentsBuilder.fromCurrentRequestUri().build().toUri();
        return ResponseEntity.created(location).eTag(Long.toString(author.version)).body(Views.of(author));
    }

    @GetMapping("/books/{isbn}")
    @Transactional(readOnly = true)
    public ResponseEntity<Views.BookView> book(@PathVariable String isbn) {
        return books.findByIsbn(isbn)
            .map(book -> ResponseEntity.ok().eTag(Long.toString(book.version)).body(Views.of(book)))
            .orElseGet(() -> ResponseEntity.notFound().build());
    }

    @PostMapping("/books")
    ResponseEntity<Void> addBook(@RequestParam String isbn, @RequestParam String title, @RequestParam Long author) {
        List<Author> by = authors.findAllById(List.of(author));
        books.save(new Book(isbn, title, "Infantil", by));
        return ResponseEntity.status(HttpStatus.CREATED).build();
    }
}
