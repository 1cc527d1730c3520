package dev.sallyport.audit;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The hashes of a tree, 256 to a tile, as C2SP tlog-tiles lays them out: a full tile's own hash is an entry of the tile above.
 * So a proof reads a few tiles however many entries there are, and what is added touches the last ones only.
 */
public final class Tiles implements MerkleTree.Subtrees {

    static final int HEIGHT = 8;
    static final int WIDTH = 1 << HEIGHT;

    private final Source source;
    private final Map<Place, byte[]> tiles = new HashMap<>();
    private final Set<Place> changed = new HashSet<>();

    /** @param source the tiles as they are kept */
    public Tiles(Source source) {
        this.source = source;
    }

    /**
     * Where a tile stands.
     *
     * @param level 0 for tiles of single entries
     */
    public record Place(int level, long index) {}

    /** Where tiles are kept. */
    public interface Source {

        /** The hashes of a tile one after the other; empty for one that has none yet. */
        byte[] tile(Place place);
    }

    /** Adds an entry after the last one. */
    public void add(byte[] leafHash, long index) {
        add(0, leafHash, index);
    }

    private void add(int level, byte[] hash, long index) {
        var place = new Place(level, index / WIDTH);
        var before = tile(place);
        int taken = (int) (index % WIDTH);
        if (before.length != taken * MerkleTree.HASH) {
            throw new IllegalStateException(
                    "tile " + place + " holds " + before.length + " bytes before entry " + index);
        }
        var after = Arrays.copyOf(before, before.length + MerkleTree.HASH);
        System.arraycopy(hash, 0, after, before.length, MerkleTree.HASH);
        tiles.put(place, after);
        changed.add(place);
        if (taken == WIDTH - 1) add(level + 1, reduce(after, 0, WIDTH), place.index());
    }

    /** The tiles that are not as they are kept. */
    public Map<Place, byte[]> changed() {
        var kept = new HashMap<Place, byte[]>();
        changed.forEach(place -> kept.put(place, tiles.get(place)));
        return kept;
    }

    @Override
    public byte[] hash(int level, long index) {
        int within = level % HEIGHT;
        long perTile = WIDTH >> within;
        var tile = tile(new Place(level / HEIGHT, index / perTile));
        int first = (int) (index % perTile) << within;
        int count = 1 << within;
        if (tile.length < (first + count) * MerkleTree.HASH) {
            throw new IllegalArgumentException("the tree is not that large");
        }
        return reduce(tile, first, count);
    }

    /** The hash of a full tile; empty where it is not full. */
    Optional<byte[]> whole(Place place) {
        var tile = tile(place);
        return tile.length == WIDTH * MerkleTree.HASH ? Optional.of(reduce(tile, 0, WIDTH)) : Optional.empty();
    }

    private byte[] tile(Place place) {
        return tiles.computeIfAbsent(place, source::tile);
    }

    private static byte[] reduce(byte[] tile, int first, int count) {
        if (count == 1) return Arrays.copyOfRange(tile, first * MerkleTree.HASH, (first + 1) * MerkleTree.HASH);
        int half = count / 2;
        return MerkleTree.node(reduce(tile, first, half), reduce(tile, first + half, half));
    }
}
