package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What was done in the database, where the hashes are still those that the log committed itself to, is named. */
class PlacesTest {

    private static final int NEW = -1;
    private static final String MADE_UP = "{\"type\":\"made.up\"}";

    private final WrittenLog log = WrittenLog.of(11);

    @Test
    void entriesThatChangedPlacesAreMoved() throws IOException {
        assertThat(faults(rows(0, 1, 3, 2, 4, 5, 6, 7, 8, 9, 10)))
                .containsExactly("The entry of place 3 stands at place 2.", "The entry of place 2 stands at place 3.");
    }

    @Test
    void entryThatWasMovedFarPushesTheOthersUp() throws IOException {
        assertThat(faults(rows(0, 1, 2, 4, 5, 6, 7, 3, 8, 9, 10)))
                .containsExactly(
                        "The entries of places 4 to 7 stand at places 3 to 6.",
                        "The entry of place 3 stands at place 7.");
    }

    @Test
    void entryThatWasShiftedInIsInsertedAndTheLastOneIsGone() throws IOException {
        assertThat(faults(rows(0, 1, 2, 3, 4, NEW, 5, 6, 7, 8, 9)))
                .containsExactly(
                        "An entry was inserted at place 5.",
                        "The entries of places 5 to 9 stand at places 6 to 10.",
                        "Entry 10 was removed.");
    }

    @Test
    void entryThatTookThePlaceOfOneThatWasMovedIsInserted() throws IOException {
        assertThat(faults(rows(0, 1, 2, NEW, 4, 5, 6, 3, 8, 9, 10)))
                .containsExactly(
                        "An entry was inserted at place 3.",
                        "Entry 7 was removed.",
                        "The entry of place 3 stands at place 7.");
    }

    @Test
    void entryThatIsCommittedNowhereWhereNoneElseStandsWasAltered() throws IOException {
        assertThat(faults(rows(0, 1, 2, 3, 4, 5, NEW, 7, 8, 9, 10)))
                .singleElement()
                .asString()
                .matches("Entry 6 was altered: its hash is [0-9a-f]{64}, and was [0-9a-f]{64}\\.");
    }

    @Test
    void copyOfAnotherEntryIsWhereItDoesNotBelong() throws IOException {
        assertThat(faults(rows(0, 1, 2, 3, 4, 5, 4, 7, 8, 9, 10)))
                .containsExactly("Entry 6 was removed.", "The entry of place 4 stands at place 6.");
    }

    @Test
    void rowThatIsMissingWasRemoved() throws IOException {
        var lines = new ArrayList<>(log.lines());
        lines.subList(3, 6).clear();
        lines.remove(6);

        assertThat(faults(lines)).startsWith("Entries 3 to 5 were removed.", "Entry 9 was removed.");
    }

    @Test
    void entryThatWasRemovedWithTheOthersMovedUpIsNamed() throws IOException {
        assertThat(faults(rows(0, 1, 2, 4, 5, 6, 7, 8, 9, 10)))
                .containsExactly("Entry 3 was removed.", "The entries of places 4 to 10 stand at places 3 to 9.");
    }

    @Test
    void entriesThatWereRemovedWithTheOthersMovedUpAreNamedThoughTheLogGrewOn() throws IOException {
        var rows = rows(0, 1, 2, 5, 6, 7, 8, 9, 10);

        assertThat(faults(rows, 4, 9, 11))
                .containsExactly(
                        "Entries 3 to 4 were removed.", "The entries of places 5 to 10 stand at places 3 to 8.");
    }

    @Test
    void entryThatWasRemovedBeforeTheLogGrewOnIsNamed() throws IOException {
        var lines = new ArrayList<>(rows(0, 1, 2, 4, 5, 6, 7));
        lines.addAll(log.lines().subList(8, 11));

        assertThat(faults(lines))
                .containsExactly("Entry 3 was removed.", "The entries of places 4 to 7 stand at places 3 to 6.");
    }

    @Test
    void whatWasCommittedToAPlaceThatIsNotThereIsOnlyKnownWhereACheckpointProvesIt() throws IOException {
        var lines = new ArrayList<>(rows(0, 1, 2, 4, 5, 6, 7));
        lines.addAll(log.lines().subList(8, 10));

        assertThat(faults(lines, 4, 11))
                .containsExactly(
                        "Entry 3 was removed.",
                        "The entries of places 4 to 6 stand at places 3 to 5.",
                        "An entry was inserted at place 6.",
                        "Entry 7 was removed.",
                        "Entries were removed at the end: there are 10, and a checkpoint covers 11.");
    }

    @Test
    void whichOfTwoAtOnePlaceWasInsertedIsKnown() throws IOException {
        var after = new ArrayList<>(log.lines());
        after.add(5, log.row(4, MADE_UP));
        var before = new ArrayList<>(log.lines());
        before.add(4, log.row(4, MADE_UP));
        var twice = new ArrayList<>(log.lines());
        twice.add(5, twice.get(4));
        var other = new ArrayList<>(log.lines());
        other.add(5, log.row(4, log.entry(7)));

        for (var lines : List.of(after, before, twice))
            assertThat(faults(lines)).containsExactly("An entry was inserted at place 4.");
        assertThat(faults(other)).containsExactly("The entry of place 7 stands at place 4.");
    }

    @Test
    void lineThatWasMovedInTheExportIsNamed() throws IOException {
        var lines = new ArrayList<>(log.lines());
        Collections.swap(lines, 2, 3);

        assertThat(faults(lines)).startsWith("Entry 2 was moved: it comes after entry 3.");
    }

    @Test
    void shiftOfAThousandIsSaidOnce() throws IOException {
        var large = WrittenLog.of(1_100);
        var lines = new ArrayList<String>();
        for (int i = 0; i < 1_100; i++)
            lines.add(large.row(i, i < 50 ? large.entry(i) : i == 50 ? MADE_UP : large.entry(i - 1)));

        assertThat(faults(lines, large, 1_100))
                .containsExactly(
                        "An entry was inserted at place 50.",
                        "The entries of places 50 to 1098 stand at places 51 to 1099.",
                        "Entry 1099 was removed.");
    }

    @Test
    void thousandThatWereAlteredAreSaidOnce() throws IOException {
        var large = WrittenLog.of(1_100);
        var lines = new ArrayList<String>();
        for (int i = 0; i < 1_100; i++)
            lines.add(large.row(i, i < 50 ? large.entry(i) : large.entry(i).replace("denied", "allowed")));

        assertThat(faults(lines, large, 1_100)).containsExactly("Entries 50 to 1099 were altered.");
    }

    @Test
    void disorderOfAThousandIsNotListed() throws IOException {
        var large = WrittenLog.of(1_100);
        var order = new ArrayList<>(IntStream.range(0, 1_100).boxed().toList());
        Collections.shuffle(order, new Random(7));
        var lines = new ArrayList<String>();
        for (int i = 0; i < 1_100; i++) lines.add(large.row(i, large.entry(order.get(i))));

        assertThat(faults(lines, large, 1_100))
                .hasSize(21)
                .last()
                .asString()
                .matches("And so at \\d+ more places, the last of them 109\\d\\.");
    }

    @Test
    void hashesThatWereWrittenAnewAreFoundByTheCheckpointsBefore() throws IOException {
        var anew = WrittenLog.of(6).add(MADE_UP);
        for (int i = 7; i < 11; i++) anew.add(log.entry(i));

        assertThat(faults(anew.lines(), 4, 8, 11))
                .containsExactly(
                        "Entries are not those that the checkpoint of size 8 covers: one from 4 to 7 was altered, removed,"
                                + " inserted or moved, or the log was forked.",
                        "Entries are not those that the checkpoint of size 11 covers: one from 4 to 10 was altered, removed,"
                                + " inserted or moved, or the log was forked.");
    }

    @Test
    void hashesThatWereWrittenAnewAreNamedByAnEarlierExport() throws IOException {
        var anew = WrittenLog.of(5);
        for (int i = 6; i < 11; i++) anew.add(log.entry(i));
        anew.add(MADE_UP);
        var earlier = new EarlierExport("earlier.jsonl", reader(log.lines().subList(0, 9)));

        assertThat(Verification.of(reader(anew.lines()), checkpoints(anew, 11), List.of(earlier))
                        .faults())
                .containsExactly("Entry 5 is not the one that earlier.jsonl has, nor are 3 after it.");
    }

    /** What is exported when the entries of other places stand at each place. */
    private List<String> rows(int... entries) {
        return IntStream.range(0, entries.length)
                .mapToObj(place -> log.row(place, entries[place] == NEW ? MADE_UP : log.entry(entries[place])))
                .toList();
    }

    private List<String> faults(List<String> lines) throws IOException {
        return faults(lines, 11);
    }

    private List<String> faults(List<String> lines, int... sizes) throws IOException {
        return faults(lines, log, sizes);
    }

    private static List<String> faults(List<String> lines, WrittenLog log, int... sizes) throws IOException {
        return Verification.of(reader(lines), checkpoints(log, sizes), List.of())
                .faults();
    }

    private static List<Checkpoint> checkpoints(WrittenLog log, int... sizes) {
        var keys = PublicKeys.read(log.key());
        return Arrays.stream(sizes)
                .mapToObj(size -> Checkpoint.read(log.checkpoint(size), keys))
                .toList();
    }

    private static BufferedReader reader(List<String> lines) {
        return new BufferedReader(new StringReader(String.join("\n", lines)));
    }
}
