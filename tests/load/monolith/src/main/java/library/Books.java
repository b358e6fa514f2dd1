package library;

import java.util.Optional;
import org.springframework.data.jpa.repository.EntityGraph;
import org.springframework.data.jpa.repository.JpaRepository;

/** The books. */
public interface Books extends JpaRepository<Book, Long> {
    @EntityGraph(attributePaths = "authors")
    Optional<Book> findByIsbn(String isbn);
}
