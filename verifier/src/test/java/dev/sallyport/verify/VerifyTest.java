package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyTest {

    private static final String PRUNED =
            "{\"actor\":{\"id\":\"system\",\"kind\":\"system\"},\"details\":{\"from\":0,\"keep\":\"P1D\","
                    + "\"setAt\":\"2026-11-27T20:00:00Z\",\"setBy\":{\"id\":\"c\",\"kind\":\"user\",\"name\":\"carol\"},"
                    + "\"to\":3},\"time\":\"2026-11-28T20:00:00Z\",\"type\":\"audit.pruned\"}";
    private static final String ERASED =
            "{\"actor\":{\"id\":\"b\",\"kind\":\"user\",\"name\":\"bob\"},\"details\":{\"from\":1,\"indexes\":[1],\"to\":2},"
                    + "\"time\":\"2026-11-28T21:00:00Z\",\"type\":\"audit.erased\"}";

    @TempDir
    private Path folder;

    private final WrittenLog log = WrittenLog.of(11);

    private record Told(int status, String text) {}

    @Test
    void wholeLogUnderACheckpointIsIntact() throws IOException {
        assertThat(verify(log.lines(), log, 4, 11))
                .isEqualTo(new Told(0, "Intact: 11 entries of " + WrittenLog.ORIGIN + ".\n"));
    }

    @Test
    void logThatGoesOnBeyondItsCheckpointsIsNotSaidToBeIntact() throws IOException {
        var told = verify(log.lines(), log, 4, 7);

        assertThat(told.status()).isEqualTo(3);
        assertThat(told.text())
                .startsWith("7 of 11 entries are under a checkpoint; nothing is proven of those from 7 on. ")
                .doesNotContain("Intact");
    }

    @Test
    void checkpointOfNothingCoversNothing() throws IOException {
        assertThat(verify(log.lines(), log, 0).status()).isEqualTo(3);
        assertThat(verify(log.lines(), log, 0).text())
                .startsWith("0 of 11 entries are under a checkpoint; nothing is proven of those from 0 on. ");
        assertThat(verify(List.of(), log, 0).status()).isEqualTo(3);
        assertThat(verify(List.of(), log, 0).text())
                .startsWith("0 of 0 entries are under a checkpoint; nothing is proven of those from 0 on. ");
    }

    @Test
    void logThatWasTamperedWithIsThatBeyondItsCheckpointsToo() throws IOException {
        var lines = new ArrayList<>(log.lines());
        lines.set(2, log.row(2, "{\"type\":\"made.up\"}"));

        var told = verify(lines, log, 7);

        assertThat(told.status()).isEqualTo(1);
        assertThat(told.text())
                .startsWith("Entry 2 was altered: ")
                .contains("7 of 11 entries are under a checkpoint; nothing is proven of those from 7 on. ");
    }

    @Test
    void recordThatIsUnderNoCheckpointExcusesNothing() throws IOException {
        for (var record : List.of(PRUNED, ERASED)) {
            var said = WrittenLog.of(11).add(record);
            var lines = new ArrayList<>(said.lines());
            lines.set(1, lines.get(1).replaceFirst("\"entry\":.*}$", "\"entry\":null}"));

            var beyond = verify(lines, said, 11);
            assertThat(beyond.status()).isEqualTo(1);
            assertThat(beyond.text())
                    .startsWith("Entry 1 is empty, and no entry says that it was pruned or erased.\n")
                    .contains(" That counts for nothing: it is under no checkpoint.\n");
            assertThat(verify(lines, said, 12).status()).isZero();
        }
    }

    @Test
    void usageNamesEveryStatus() {
        var told = run("--help");

        assertThat(told.status()).isEqualTo(2);
        assertThat(told.text().lines().map(String::strip))
                .anyMatch(line -> line.startsWith("0 "))
                .anyMatch(line -> line.startsWith("1 "))
                .anyMatch(line -> line.startsWith("2 "))
                .anyMatch(line -> line.startsWith("3 "));
    }

    private Told verify(List<String> lines, WrittenLog log, int... sizes) throws IOException {
        var arguments = new ArrayList<>(List.of(
                "--key", Files.writeString(folder.resolve("key"), log.key()).toString()));
        for (int size : sizes) {
            arguments.add("--checkpoint");
            arguments.add(Files.writeString(folder.resolve("checkpoint-" + size), log.checkpoint(size))
                    .toString());
        }
        arguments.add(Files.write(folder.resolve("export.jsonl"), lines).toString());
        return run(arguments.toArray(String[]::new));
    }

    private static Told run(String... arguments) {
        var printed = new ByteArrayOutputStream();
        int status = Verify.run(arguments, new PrintStream(printed, true, StandardCharsets.UTF_8));
        return new Told(status, printed.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n"));
    }
}
