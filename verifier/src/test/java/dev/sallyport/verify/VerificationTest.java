package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerificationTest {

    private final WrittenLog log = WrittenLog.of(11);

    @Test
    void exportThatIsWhatWasCommittedToIsIntact() {
        assertThat(faults(log.lines(), log.checkpoint(0), log.checkpoint(4), log.checkpoint(11)))
                .isEmpty();
    }

    @Test
    void entryThatWasAlteredIsNamed() {
        var lines = new ArrayList<>(log.lines());
        lines.set(6, lines.get(6).replace("\"n\":6", "\"n\":66"));

        assertThat(faults(lines, log.checkpoint(11))).first().asString().startsWith("Entry 6 was altered");
    }

    @Test
    void entryThatWasAlteredTogetherWithItsHashIsFoundBetweenTwoCheckpoints() {
        var lines = new ArrayList<>(log.lines());
        lines.set(6, WrittenLog.line(6, "{\"type\":\"access.denied\"}"));

        assertThat(faults(lines, log.checkpoint(4), log.checkpoint(8), log.checkpoint(11)))
                .anySatisfy(fault -> assertThat(fault).contains("size 8").contains("from 4 to 7"));
    }

    @Test
    void entryThatWasRemovedIsMissed() {
        var lines = new ArrayList<>(log.lines());
        lines.remove(3);

        assertThat(faults(lines, log.checkpoint(11))).startsWith("Entry 3 was removed.");
    }

    @Test
    void entryThatWasRemovedWithAllPlacesMovedUpIsMissed() {
        var shorter = WrittenLog.of(3);
        for (int i = 4; i < 11; i++) shorter.add("{\"details\":{\"n\":" + i + "},\"type\":\"access.denied\"}");

        assertThat(faults(shorter.lines(), log.checkpoint(3), log.checkpoint(11)))
                .containsExactly("Entries were removed at the end: there are 10, and a checkpoint covers 11.");
        assertThat(faults(shorter.lines(), log.checkpoint(3), log.checkpoint(8)))
                .anySatisfy(fault -> assertThat(fault).contains("from 3 to 7"));
    }

    @Test
    void entriesThatWereRemovedAtTheEndAreMissed() {
        assertThat(faults(log.lines().subList(0, 9), log.checkpoint(4), log.checkpoint(11)))
                .containsExactly("Entries were removed at the end: there are 9, and a checkpoint covers 11.");
    }

    @Test
    void entryThatWasInsertedIsSeen() {
        var lines = new ArrayList<>(log.lines());
        lines.add(5, lines.get(4));

        assertThat(faults(lines, log.checkpoint(11))).containsExactly("An entry was inserted at place 4.");
    }

    @Test
    void entriesThatChangedPlacesAreSeen() {
        var lines = new ArrayList<>(log.lines());
        Collections.swap(lines, 2, 3);

        assertThat(faults(lines, log.checkpoint(11))).isNotEmpty();
    }

    @Test
    void entriesThatWereExchangedTogetherWithTheirPlacesAreSeen() {
        var entry2 = "{\"details\":{\"n\":3},\"type\":\"access.denied\"}";
        var entry3 = "{\"details\":{\"n\":2},\"type\":\"access.denied\"}";
        var lines = new ArrayList<>(log.lines());
        lines.set(2, WrittenLog.line(2, entry2));
        lines.set(3, WrittenLog.line(3, entry3));

        assertThat(faults(lines, log.checkpoint(11))).hasSize(1);
    }

    @Test
    void twoCheckpointsOfOneSizeAreAFork() {
        var key = PublicKeys.read(log.key());
        var one = Checkpoint.read(log.checkpoint(5), key);
        var other = new Checkpoint(one.origin(), one.size(), GrowingTree.sha256());

        assertThat(faults(log.lines(), List.of(one, other)))
                .anySatisfy(fault -> assertThat(fault).contains("forked"));
    }

    @Test
    void logThatWasWrittenAnewWithTheRightKeyIsNotTheOneThatCheckpointsSentAwayCover() {
        var anew = WrittenLog.of(10).add("{\"type\":\"access.denied\"}");

        assertThat(faults(anew.lines(), log.checkpoint(11))).hasSize(1);
    }

    @Test
    void emptyEntryNeedsOneThatSaysWhy() {
        var lines = new ArrayList<>(log.lines());
        lines.set(2, lines.get(2).replaceFirst("\"entry\":.*}$", "\"entry\":null}"));
        var said = WrittenLog.of(11).add(pruned(0, 3));
        var excused = new ArrayList<>(lines);
        excused.add(said.lines().get(11));

        assertThat(faults(lines, log.checkpoint(11)))
                .containsExactly("Entry 2 is empty, and no entry says that it was pruned or erased.");
        var checkpoint = Checkpoint.read(said.checkpoint(12), PublicKeys.read(said.key()));
        assertThat(faults(excused, List.of(checkpoint))).isEmpty();
    }

    @Test
    void recordOfWhatWasRemovedCoversNothingThatCameAfterIt() {
        var early = WrittenLog.of(3).add(pruned(0, 1000));
        for (int i = 4; i < 11; i++) early.add("{\"details\":{\"n\":" + i + "},\"type\":\"access.denied\"}");
        var lines = new ArrayList<>(early.lines());
        for (int i : List.of(1, 7)) empty(lines, i);

        assertThat(faults(lines, early, 11))
                .containsExactly("Entry 7 is empty, and no entry says that it was pruned or erased.");
    }

    @Test
    void recordThatNamesPlacesCoversNoneBetweenThem() {
        var said = WrittenLog.of(11)
                .add("{\"details\":{\"from\":1,\"indexes\":[1,4],\"to\":5},\"type\":\"audit.erased\"}");
        var lines = new ArrayList<>(said.lines());
        for (int i : List.of(1, 2, 4)) empty(lines, i);

        assertThat(faults(lines, said, 12))
                .containsExactly("Entry 2 is empty, and no entry says that it was pruned or erased.");
    }

    @Test
    void recordThatAServerWouldNotWriteCoversNothing() {
        for (var record : List.of(
                pruned(1, 5),
                pruned(0, 5).replace("\"keep\":\"P1D\",", ""),
                pruned(0, 5).replace("\"setAt\":\"2026-11-27T20:00:00Z\",", ""),
                pruned(0, 5).replace("system", "user"),
                "{\"details\":{\"from\":0,\"to\":5},\"type\":\"audit.erased\"}")) {
            var said = WrittenLog.of(11).add(record);
            var lines = new ArrayList<>(said.lines());
            empty(lines, 2);

            assertThat(faults(lines, said, 12))
                    .as(record)
                    .containsExactly("Entry 2 is empty, and no entry says that it was pruned or erased.");
        }
    }

    @Test
    void everyRecordOfARemovalIsShownWithWhoWantedIt() throws IOException {
        var said = WrittenLog.of(11)
                .add(pruned(0, 3))
                .add(
                        "{\"actor\":{\"id\":\"b\",\"kind\":\"user\",\"name\":\"bob\"},\"details\":{\"from\":4,\"indexes\":[4,6],\"to\":7},"
                                + "\"time\":\"2026-11-28T21:00:00Z\",\"type\":\"audit.erased\"}");

        var verdict = Verification.of(
                new BufferedReader(new StringReader(String.join("\n", said.lines()))),
                List.of(Checkpoint.read(said.checkpoint(13), PublicKeys.read(said.key()))),
                List.of());

        assertThat(verdict.faults()).isEmpty();
        assertThat(verdict.records())
                .containsExactly(
                        "Entry 11 of 2026-11-28T20:00:00Z says: entries 0 to 2 were pruned, since user carol (c) had entries"
                                + " kept for P1D from 2026-11-27T20:00:00Z on, and for P400D before.",
                        "Entry 12 of 2026-11-28T21:00:00Z says: 2 entries from 4 to 6 were erased by user bob (b).");
    }

    private static String pruned(long from, long to) {
        return "{\"actor\":{\"id\":\"system\",\"kind\":\"system\"},\"details\":{\"from\":" + from
                + ",\"keep\":\"P1D\",\"previous\":\"P400D\",\"setAt\":\"2026-11-27T20:00:00Z\","
                + "\"setBy\":{\"id\":\"c\",\"kind\":\"user\",\"name\":\"carol\"},\"to\":" + to
                + "},\"time\":\"2026-11-28T20:00:00Z\",\"type\":\"audit.pruned\"}";
    }

    @Test
    void whatRemainsOfAnEntryChangesNothing() {
        var said =
                WrittenLog.of(11).add("{\"details\":{\"from\":1,\"indexes\":[1],\"to\":2},\"type\":\"audit.erased\"}");
        var lines = new ArrayList<>(said.lines());
        lines.set(
                1,
                lines.get(1)
                        .replaceFirst("\"entry\":.*}$", "\"entry\":null,\"redacted\":{\"index\":7,\"type\":\"x\"}}"));

        assertThat(faults(lines, said, 12)).isEmpty();
        lines.set(1, said.lines().get(1).replaceFirst("}$", ",\"redacted\":{\"type\":\"x\"}}"));
        assertThat(faults(lines, said, 12)).first().isEqualTo("Line 2: no line of an export.");
    }

    private static void empty(List<String> lines, int index) {
        lines.set(index, lines.get(index).replaceFirst("\"entry\":.*}$", "\"entry\":null}"));
    }

    private static List<String> faults(List<String> lines, WrittenLog log, int size) {
        return faults(lines, List.of(Checkpoint.read(log.checkpoint(size), PublicKeys.read(log.key()))));
    }

    @Test
    void spacesAndTheOrderOfNamesDoNotMatter() {
        var lines = new ArrayList<>(log.lines());
        lines.set(
                1,
                lines.get(1)
                        .replace(
                                "{\"details\":{\"n\":1},\"type\":\"access.denied\"}",
                                "{ \"type\" : \"access.denied\", \"details\" : {\"n\":1}}"));

        assertThat(faults(lines, log.checkpoint(11))).isEmpty();
    }

    @Test
    void checkpointThatAnotherKeySignedCountsForNothing() {
        var stranger = WrittenLog.of(11);

        assertThatThrownBy(() -> Checkpoint.read(stranger.checkpoint(11), PublicKeys.read(log.key())))
                .hasMessage("none of the keys has signed it");
    }

    @Test
    void checkpointThatWasAlteredCountsForNothing() {
        var altered = log.checkpoint(11).replaceFirst("\n11\n", "\n10\n");

        assertThatThrownBy(() -> Checkpoint.read(altered, PublicKeys.read(log.key())))
                .hasMessage("none of the keys has signed it");
    }

    @Test
    void keyUnderTheIdOfAnotherIsRefused() {
        var key = log.key().replace("+", "+0").replaceFirst("\\+0(.{7}).\\+0", "+0$1+");

        assertThatThrownBy(() -> PublicKeys.read(key)).isInstanceOf(Unreadable.class);
    }

    @Test
    void lineThatIsNoneIsNamed() {
        var lines = new ArrayList<>(log.lines());
        lines.set(4, "{\"index\":4}");

        assertThat(faults(lines, log.checkpoint(11))).first().isEqualTo("Line 5: no line of an export.");
    }

    @Test
    void lineThatSaysMoreThanALineDoesIsNone() {
        var lines = new ArrayList<>(log.lines());
        lines.set(4, lines.get(4).replaceFirst("^\\{", "{\"also\":{\"entry\":1},"));

        assertThat(faults(lines, log.checkpoint(11))).first().isEqualTo("Line 5: no line of an export.");
    }

    @Test
    void removalByAShorterTimeThanTheLogSaysCountsForNothing() throws IOException {
        for (var setting : List.of(
                setting("\"keep\":\"P400D\""),
                setting("\"previous\":\"P1D\""),
                setting("\"effective\":\"2026-11-28T20:00:01Z\",\"keep\":\"P1D\""))) {
            var said = WrittenLog.of(10).add(setting).add(pruned(0, 3));
            var lines = new ArrayList<>(said.lines());
            for (int i : List.of(0, 1, 2)) empty(lines, i);

            var verdict = verdict(lines, List.of(Checkpoint.read(said.checkpoint(12), PublicKeys.read(said.key()))));

            assertThat(verdict.faults())
                    .as(setting)
                    .containsExactly("Entries 0 to 2 are empty, and no entry says that they were pruned or erased.");
            assertThat(verdict.records().get(1)).contains("That counts for nothing: entry 10 says ");
        }
    }

    @Test
    void removalAsTheLogSaysIsInOrder() {
        for (var setting : List.of(
                setting("\"keep\":\"P1D\""),
                setting("\"keep\":\"PT1H\""),
                setting("\"effective\":\"2026-11-28T20:00:00Z\",\"keep\":\"P1D\""))) {
            var said = WrittenLog.of(10).add(setting).add(pruned(0, 3));
            var lines = new ArrayList<>(said.lines());
            for (int i : List.of(0, 1, 2)) empty(lines, i);

            assertThat(faults(lines, said, 12)).as(setting).isEmpty();
        }
    }

    @Test
    void newestEntryBeforeARemovalIsWhatItGoesBy() {
        var said = WrittenLog.of(10)
                .add(setting("\"keep\":\"P1D\""))
                .add(setting("\"keep\":\"P400D\""))
                .add(pruned(0, 3))
                .add(setting("\"keep\":\"P1D\""));
        var lines = new ArrayList<>(said.lines());
        empty(lines, 1);

        assertThat(faults(lines, said, 14)).hasSize(1);
    }

    @Test
    void removalByWhatNobodySaidWhereThatWouldStillBeThereCountsForNothing() {
        var said = new WrittenLog()
                .add(written("2026-11-20T20:00:00Z"))
                .add(written("2026-11-26T20:00:00Z"))
                .add(written("2026-11-27T20:30:00Z"))
                .add(pruned(0, 1));
        var lines = new ArrayList<>(said.lines());
        empty(lines, 0);

        assertThat(faults(lines, said, 4)).hasSize(1);
        // NB. What was said before all that is left has gone with the rest.
        empty(lines, 1);
        lines.set(3, WrittenLog.line(3, pruned(0, 2)));
        var gone = new WrittenLog()
                .add(written("2026-11-20T20:00:00Z"))
                .add(written("2026-11-26T20:00:00Z"))
                .add(written("2026-11-27T20:30:00Z"))
                .add(pruned(0, 2));
        assertThat(faults(lines, gone, 4)).isEmpty();
    }

    @Test
    void removalThatReachesToAnEntryThatIsTooYoungCountsForNothing() {
        var said = new WrittenLog()
                .add(written("2026-11-26T20:00:00Z"))
                .add(written("2026-11-28T19:00:00Z"))
                .add(setting("\"keep\":\"P1D\""))
                .add(pruned(0, 2));
        var lines = new ArrayList<>(said.lines());
        empty(lines, 0);

        assertThat(faults(lines, said, 4)).hasSize(1);
    }

    @Test
    void earlierExportShowsWhatWasRemovedBeforeItsTime() throws IOException {
        var said = new WrittenLog()
                .add(written("2026-11-26T20:00:00Z"))
                .add(written("2026-11-28T19:00:00Z"))
                .add(setting("\"keep\":\"P1D\""))
                .add(pruned(0, 2));
        var lines = new ArrayList<>(said.lines());
        for (int i : List.of(0, 1)) empty(lines, i);
        var checkpoints = List.of(Checkpoint.read(said.checkpoint(4), PublicKeys.read(said.key())));

        assertThat(verdict(lines, checkpoints).faults()).isEmpty();
        assertThat(verdict(lines, checkpoints, said.lines().subList(0, 3)).faults())
                .containsExactly("Entry 1 of 2026-11-28T19:00:00Z was pruned before its time.");
    }

    @Test
    void earlierExportOfAnotherLogIsNoticed() throws IOException {
        var other = new ArrayList<>(log.lines());
        other.set(4, WrittenLog.line(4, "{\"type\":\"access.denied\"}"));

        assertThat(verdict(log.lines(), List.of(), other).faults())
                .containsExactly("Entry 4 is not the one that earlier.jsonl has.");
    }

    @Test
    void earlierExportThatGoesOnShowsThatTheEndWasTakenAway() throws IOException {
        var shorter = log.lines().subList(0, 9);

        assertThat(verdict(shorter, List.of(), log.lines()).faults())
                .containsExactly("Entries were removed at the end: there are 9, and earlier.jsonl has more.");
        assertThat(verdict(log.lines(), List.of(), shorter).faults()).isEmpty();
    }

    private static String written(String time) {
        return "{\"details\":{},\"time\":\"" + time + "\",\"type\":\"access.denied\"}";
    }

    private static String setting(String details) {
        return "{\"actor\":{\"id\":\"c\",\"kind\":\"user\",\"name\":\"carol\"},\"details\":{" + details
                + "},\"subject\":{\"id\":\"retention\",\"kind\":\"audit-retention\"},"
                + "\"time\":\"2026-11-27T20:00:00.002Z\",\"type\":\"config.updated\"}";
    }

    @SafeVarargs
    private static Verification.Verdict verdict(
            List<String> lines, List<Checkpoint> checkpoints, List<String>... earlier) throws IOException {
        return Verification.of(
                reader(lines),
                checkpoints,
                Arrays.stream(earlier)
                        .map(before -> new EarlierExport("earlier.jsonl", reader(before)))
                        .toList());
    }

    private static BufferedReader reader(List<String> lines) {
        return new BufferedReader(new StringReader(String.join("\n", lines)));
    }

    private List<String> faults(List<String> lines, String... notes) {
        var key = PublicKeys.read(log.key());
        return faults(
                lines,
                Arrays.stream(notes).map(note -> Checkpoint.read(note, key)).toList());
    }

    private static List<String> faults(List<String> lines, List<Checkpoint> checkpoints) {
        try {
            return verdict(lines, checkpoints).faults();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
