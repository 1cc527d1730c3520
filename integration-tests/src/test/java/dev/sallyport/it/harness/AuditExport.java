package dev.sallyport.it.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What an auditor takes home from a realm, and what the verifier says of it.
 *
 * @param key lines of keys
 * @param checkpoints signed notes
 * @param lines the export
 * @param earlier what was taken home before
 */
public record AuditExport(String key, List<String> checkpoints, List<String> lines, List<AuditExport> earlier) {

    /**
     * What the verifier printed.
     *
     * @param status what it exited with
     */
    public record Verdict(int status, String text) {}

    /** The log as far as its checkpoint reaches, with that checkpoint. */
    public static AuditExport of(RestApi api) {
        var checkpoint = checkpoint(api);
        var lines = api.get("/audit/entries?toIndex=" + size(checkpoint), "application/jsonl")
                .expect(200)
                .text()
                .lines()
                .toList();
        return new AuditExport(
                api.get("/audit/key", "text/plain").expect(200).text(), List.of(checkpoint), lines, List.of());
    }

    public static String checkpoint(RestApi api) {
        return api.get("/audit/checkpoint", "text/plain").expect(200).text();
    }

    /** How many entries a checkpoint covers. */
    public static long size(String checkpoint) {
        return Long.parseLong(checkpoint.lines().toList().get(1));
    }

    public List<JsonNode> entries() {
        return lines.stream().map(line -> RestApi.parse(line).path("entry")).toList();
    }

    /** The same, to be held against other checkpoints. */
    public AuditExport against(String... notes) {
        return new AuditExport(key, List.of(notes), lines, earlier);
    }

    /** The same, to be held against what was taken home before. */
    public AuditExport after(AuditExport before) {
        return new AuditExport(key, checkpoints, lines, List.of(before));
    }

    /** Runs the verifier as its users do. */
    public Verdict verify() {
        try {
            var folder = Files.createTempDirectory("audit");
            try {
                return verify(folder);
            } finally {
                remove(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Verdict verify(Path folder) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Settings.CURRENT.verifier().toString(),
                "--key",
                Files.writeString(folder.resolve("key"), key).toString()));
        for (int i = 0; i < checkpoints.size(); i++) {
            command.add("--checkpoint");
            command.add(Files.writeString(folder.resolve("checkpoint-" + i), checkpoints.get(i))
                    .toString());
        }
        for (int i = 0; i < earlier.size(); i++) {
            command.add("--earlier");
            command.add(
                    Files.write(folder.resolve("earlier-" + i), earlier.get(i).lines())
                            .toString());
        }
        command.add(Files.write(folder.resolve("export.jsonl"), lines).toString());
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            return new Verdict(process.waitFor(), text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
