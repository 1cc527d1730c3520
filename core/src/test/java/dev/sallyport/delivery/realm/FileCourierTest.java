package dev.sallyport.delivery.realm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.delivery.Message;
import dev.sallyport.delivery.realm.Courier.Outcome;
import dev.sallyport.outbound.realm.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCourierTest {

    @TempDir
    private Path directory;

    private static Message message(String body) {
        return new Message("id", OptionalLong.of(1), "lock.set", Instant.EPOCH, 1, body, Optional.empty());
    }

    private Outcome send(String file, String... bodies) {
        var messages = List.of(bodies).stream().map(FileCourierTest::message).toList();
        return new FileCourier(directory.resolve(file)).send(messages, Deadline.in(Duration.ofSeconds(1)));
    }

    @Test
    void linesAreAppendedInTheirOrder() throws IOException {
        assertThat(send("audit", "{\"a\":1}", "{\"a\":2}")).isEqualTo(Outcome.taken(2));
        assertThat(send("audit", "{\"a\":3}")).isEqualTo(Outcome.taken(1));

        assertThat(directory.resolve("audit")).hasContent("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
    }

    @Test
    void brokenLineStaysOneOfItsOwn() throws IOException {
        Files.writeString(directory.resolve("audit"), "{\"a\"");

        send("audit", "{\"a\":3}");

        assertThat(directory.resolve("audit")).hasContent("{\"a\"\n{\"a\":3}\n");
    }

    @Test
    void whatIsNoFileIsNotWrittenTo() throws IOException {
        var elsewhere = Files.createFile(directory.resolve("elsewhere"));
        Files.createSymbolicLink(directory.resolve("link"), elsewhere);
        Files.createDirectory(directory.resolve("directory"));

        for (var file : List.of("link", "directory", "missing/audit")) {
            var outcome = send(file, "{}");

            assertThat(outcome.taken()).isZero();
            assertThat(outcome.failure())
                    .hasValueSatisfying(failure -> assertThat(failure.answer()).isEmpty());
        }
        assertThat(elsewhere).isEmptyFile();
    }
}
