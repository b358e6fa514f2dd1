package library;

import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

/** The authors. */
public interface Authors extends JpaRepository<Author, Long> {
    List<Author> findByNameStartsWithIgnoreCase(String name);
}
