package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {

    /** The entries that implementations of Certificate Transparency test with, and the hashes of the trees of the first ones. */
    private static final List<String> ENTRIES =
            List.of("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f");

    private static final List<String> ROOTS = List.of(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

    @Test
    void rootsAreThoseOfTheStandard() {
        var kept = new HashMap<Tiles.Place, byte[]>();
        for (int size = 0; size <= ENTRIES.size(); size++) {
            var tiles = new Tiles(place -> kept.getOrDefault(place, new byte[0]));
            assertThat(HexFormat.of().formatHex(MerkleTree.root(tiles, size))).isEqualTo(ROOTS.get(size));
            if (size == ENTRIES.size()) return;
            tiles.add(MerkleTree.leaf(HexFormat.of().parseHex(ENTRIES.get(size))), size);
            kept.putAll(tiles.changed());
        }
    }

    @Property(tries = 60)
    void everyEntryIsProvenToBeInEveryTreeThatHoldsIt(
            @ForAll @IntRange(min = 1, max = 700) int size, @ForAll @IntRange(max = 699) int entry) {
        int leaf = entry % size;
        var tiles = grown(700);

        var proof = MerkleTree.inclusion(tiles, leaf, size);

        assertThat(Proofs.rootByInclusion(leafHash(leaf), leaf, size, proof)).isEqualTo(MerkleTree.root(tiles, size));
        assertThat(proof.size()).isLessThanOrEqualTo(10);
    }

    @Property(tries = 60)
    void entryIsNotProvenToBeWhereAnotherIs(
            @ForAll @IntRange(min = 2, max = 700) int size, @ForAll @IntRange(max = 699) int entry) {
        int leaf = entry % size;
        var tiles = grown(700);

        var proof = MerkleTree.inclusion(tiles, leaf, size);

        assertThat(Proofs.rootByInclusion(leafHash((leaf + 1) % size), leaf, size, proof))
                .isNotEqualTo(MerkleTree.root(tiles, size));
    }

    @Property(tries = 60)
    void everyTreeIsProvenToContinueEverySmallerOne(
            @ForAll @IntRange(min = 1, max = 700) int to, @ForAll @IntRange(min = 1, max = 700) int other) {
        int from = 1 + other % to;
        var tiles = grown(700);
        var before = MerkleTree.root(tiles, from);

        var proof = MerkleTree.consistency(tiles, from, to);

        assertThat(Proofs.rootsByConsistency(from, to, before, proof))
                .containsExactly(before, MerkleTree.root(tiles, to));
    }

    @Test
    void proofReadsAFewTilesOfAMillionEntries() {
        var read = new ArrayList<Tiles.Place>();
        var tiles = new Tiles(place -> {
            read.add(place);
            return new byte[256 * 32];
        });

        MerkleTree.inclusion(tiles, 777_777, 1_000_000);

        assertThat(read.size()).isLessThan(12);
    }

    private static final Map<Integer, Map<Tiles.Place, byte[]>> GROWN = new HashMap<>();

    /** A tree whose entries were added in batches, as a server does. */
    private static Tiles grown(int size) {
        var kept = GROWN.computeIfAbsent(size, MerkleTreeTest::grow);
        return new Tiles(place -> kept.getOrDefault(place, new byte[0]));
    }

    private static Map<Tiles.Place, byte[]> grow(int size) {
        var kept = new HashMap<Tiles.Place, byte[]>();
        for (int at = 0; at < size; ) {
            var tiles = new Tiles(place -> kept.getOrDefault(place, new byte[0]));
            for (int end = Math.min(size, at + 37); at < end; at++) tiles.add(leafHash(at), at);
            kept.putAll(tiles.changed());
        }
        return kept;
    }

    private static byte[] leafHash(int entry) {
        return MerkleTree.leaf(("entry " + entry).getBytes(StandardCharsets.UTF_8));
    }

    /** What a client does with proofs, as RFC 9162, section 2.1.3.2 and 2.1.4.2, tells it to. */
    private static final class Proofs {

        static byte[] rootByInclusion(byte[] leafHash, long leaf, long size, List<byte[]> proof) {
            long fn = leaf;
            long sn = size - 1;
            var r = leafHash;
            for (var p : proof) {
                if (fn % 2 == 1 || fn == sn) {
                    r = MerkleTree.node(p, r);
                    while (fn % 2 == 0 && fn != 0) {
                        fn >>= 1;
                        sn >>= 1;
                    }
                } else {
                    r = MerkleTree.node(r, p);
                }
                fn >>= 1;
                sn >>= 1;
            }
            return sn == 0 ? r : new byte[0];
        }

        static List<byte[]> rootsByConsistency(long from, long to, byte[] before, List<byte[]> proof) {
            if (from == to) return List.of(before, before);
            var path = new ArrayList<>(proof);
            if (Long.bitCount(from) == 1) path.add(0, before);
            long fn = from - 1;
            long sn = to - 1;
            while (fn % 2 == 1) {
                fn >>= 1;
                sn >>= 1;
            }
            var fr = path.get(0);
            var sr = path.get(0);
            for (var c : path.subList(1, path.size())) {
                if (fn % 2 == 1 || fn == sn) {
                    fr = MerkleTree.node(c, fr);
                    sr = MerkleTree.node(c, sr);
                    while (fn % 2 == 0 && fn != 0) {
                        fn >>= 1;
                        sn >>= 1;
                    }
                } else {
                    sr = MerkleTree.node(sr, c);
                }
                fn >>= 1;
                sn >>= 1;
            }
            return Arrays.asList(fr, sn == 0 ? sr : new byte[0]);
        }
    }
}
