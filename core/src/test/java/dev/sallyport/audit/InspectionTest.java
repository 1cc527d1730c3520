package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.audit.Gap.Fault;
import dev.sallyport.audit.Inspection.Kept;
import dev.sallyport.audit.Inspection.Seen;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InspectionTest {

    private static final int SIZE = 256 * 257 + 5;
    private static final SigningKey KEY = SigningKey.create("log.example/sallyport");
    private static final Map<Tiles.Place, byte[]> GROWN = grown();

    private Map<Tiles.Place, byte[]> tiles;

    @BeforeEach
    void keepTiles() {
        tiles = new HashMap<>(GROWN);
    }

    private static Map<Tiles.Place, byte[]> grown() {
        var tiles = new Tiles(place -> new byte[0]);
        for (int i = 0; i < SIZE; i++) tiles.add(hash(i), i);
        return tiles.changed();
    }

    private static byte[] hash(long entry) {
        return MerkleTree.leaf(("entry " + entry).getBytes(StandardCharsets.UTF_8));
    }

    private static Kept kept(long index) {
        return new Kept(index, Optional.of(hash(index)), Optional.empty());
    }

    private static List<Kept> all(long tile) {
        return new ArrayList<>(LongStream.range(tile * 256, Math.min(SIZE, (tile + 1) * 256))
                .mapToObj(InspectionTest::kept)
                .toList());
    }

    private Tiles source() {
        return new Tiles(place -> tiles.getOrDefault(place, new byte[0]));
    }

    private Inspection inspection() {
        return new Inspection(source(), SIZE);
    }

    private void flip(int level, long tile, int hash) {
        var place = new Tiles.Place(level, tile);
        var bytes = tiles.get(place).clone();
        bytes[hash * 32] ^= 1;
        tiles.put(place, bytes);
    }

    @Test
    void nothingIsWrongWithWhatIsAsItWas() {
        var inspection = inspection();

        assertThat(inspection.tiles()).isEqualTo(258);
        for (long tile : new long[] {0, 1, 255, 256, 257})
            assertThat(inspection.ofTile(tile, all(tile))).isEmpty();
    }

    @Test
    void everyFaultOfAnEntryIsNamedWithItsPlaces() {
        var kept = all(1);
        kept.set(9, new Kept(265, Optional.of(hash(1)), Optional.empty()));
        kept.set(20, new Kept(276, Optional.empty(), Optional.of(Fault.EMPTIED)));
        kept.set(21, new Kept(277, Optional.empty(), Optional.empty()));
        kept.set(22, new Kept(278, Optional.of(hash(278)), Optional.of(Fault.MISFILED)));
        kept.add(kept(300));
        kept.subList(0, 3).clear();

        assertThat(inspection().ofTile(1, kept))
                .containsExactly(
                        new Gap(Fault.MISSING, 256, 259),
                        new Gap(Fault.ALTERED, 265, 266),
                        new Gap(Fault.EMPTIED, 276, 277),
                        new Gap(Fault.MISFILED, 278, 279),
                        new Gap(Fault.DOUBLED, 300, 301));
    }

    @Test
    void entryThatWasAlteredTogetherWithItsHashDoesNotFitTheTileAbove() {
        flip(0, 3, 7);
        var kept = all(3);
        kept.set(7, new Kept(775, Optional.of(source().hash(0, 775)), Optional.empty()));

        assertThat(inspection().ofTile(3, kept)).containsExactly(new Gap(Fault.HASHES, 768, 1_024));
    }

    @Test
    void tileAboveThatWasAlteredTooDoesNotFitTheOneAboveIt() {
        flip(1, 0, 3);

        assertThat(inspection().ofTile(3, all(3)))
                .contains(new Gap(Fault.HASHES, 768, 1_024), new Gap(Fault.HASHES, 0, 65_536));
        assertThat(inspection().ofTile(4, all(4))).containsExactly(new Gap(Fault.HASHES, 0, 65_536));
    }

    @Test
    void topmostTileThatWasAlteredDoesNotFitTheCheckpoint() {
        var checkpoint = checkpoint();
        flip(2, 0, 0);

        assertThat(inspection().ofLog(checkpoint, KEY.name(), Optional.empty(), false))
                .containsExactly(Gap.of(Fault.CHECKPOINT));
    }

    @Test
    void tileThatIsGoneOrTooShortIsAGapAndNoFailure() {
        tiles.put(new Tiles.Place(0, 257), new byte[32]);
        tiles.remove(new Tiles.Place(0, 2));

        assertThat(inspection().ofTile(257, all(257))).contains(new Gap(Fault.ALTERED, 65_792, 65_797));
        assertThat(inspection().ofTile(2, all(2))).contains(new Gap(Fault.HASHES, 512, 768));
        assertThat(inspection().ofLog(Optional.empty(), KEY.name(), Optional.empty(), false))
                .contains(Gap.of(Fault.CHECKPOINT));
        assertThat(inspection().seen()).isEmpty();
    }

    private Optional<Checkpoint> checkpoint() {
        var note = new Checkpoint(KEY.name(), SIZE, MerkleTree.root(source(), SIZE)).signedBy(KEY);
        return Checkpoint.read(note, KEY.publicKey());
    }

    @Test
    void logThatContinuesWhatWasSeenIsSound() {
        var before = new Seen(1_000, MerkleTree.root(source(), 1_000));

        assertThat(inspection().ofLog(checkpoint(), KEY.name(), Optional.of(before), false))
                .isEmpty();
        assertThat(inspection().seen()).hasValueSatisfying(seen -> {
            assertThat(seen.size()).isEqualTo(SIZE);
            assertThat(seen.root()).isEqualTo(MerkleTree.root(source(), SIZE));
        });
    }

    @Test
    void logThatIsShorterOrAnotherThanBeforeIsTold() {
        var larger = new Seen(SIZE + 1, hash(0));
        var other = new Seen(1_000, hash(0));

        assertThat(inspection().ofLog(checkpoint(), KEY.name(), Optional.of(larger), false))
                .containsExactly(Gap.of(Fault.SHRUNK));
        assertThat(inspection().ofLog(checkpoint(), KEY.name(), Optional.of(other), true))
                .containsExactly(Gap.of(Fault.FORKED), Gap.of(Fault.BEYOND));
    }

    @Test
    void checkpointIsReadOnlyIfTheKeyHasSignedIt() {
        var note = new Checkpoint(KEY.name(), 3, hash(0)).signedBy(KEY);
        var stranger = SigningKey.create(KEY.name());

        assertThat(Checkpoint.read(note, KEY.publicKey())).hasValueSatisfying(read -> {
            assertThat(read.origin()).isEqualTo(KEY.name());
            assertThat(read.size()).isEqualTo(3);
            assertThat(read.root()).isEqualTo(hash(0));
        });
        assertThat(Checkpoint.read(note, stranger.publicKey())).isEmpty();
        assertThat(Checkpoint.read(note.replace("\n3\n", "\n2\n"), KEY.publicKey()))
                .isEmpty();
        assertThat(Checkpoint.read(note.replace("\u2014 log", "\u2014 fog"), KEY.publicKey()))
                .isEmpty();
        assertThat(Checkpoint.read("", KEY.publicKey())).isEmpty();
        assertThat(Checkpoint.read("a\n1\n!\n\n\u2014 a AAAA\n", KEY.publicKey()))
                .isEmpty();
        assertThat(Checkpoint.read(new Checkpoint(KEY.name(), 3, hash(0)).signedBy(stranger), KEY.publicKey()))
                .isEmpty();
    }
}
