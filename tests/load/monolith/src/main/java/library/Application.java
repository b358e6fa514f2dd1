package library;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.context.event.EventListener;

/** Three routes of the older library. It checks no token and keeps its rows in memory, so it is faster than what it stands in for. */
@SpringBootApplication
public class Application {
    public static void main(String[] arguments) {
        SpringApplication.run(Application.class, arguments);
    }

    /** Says where it listens, as the first line of its output. */
    @EventListener
    void listens(ServletWebServerInitializedEvent event) {
        System.out.println("{\"address\":\"http://127.0.0.1:" + event.getWebServer().getPort() + "\",\"token\":\"\"}");
        System.out.flush();
    }
}
