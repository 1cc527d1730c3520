package dev.sallyport.audit;

import dev.sallyport.audit.Gap.Fault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether what is kept of a log is what its checkpoint commits it to. A tile at a time: its entries are held against its hashes,
 * these against those of the tiles above, and the checkpoint against the topmost, so that everything hangs by a signature once every
 * tile was looked at.
 */
public final class Inspection {

    /** How many entries are held against the hashes of one tile. */
    public static final int WIDTH = Tiles.WIDTH;

    private final Tiles tiles;
    private final long size;

    /** @param size how many entries have a place */
    public Inspection(Tiles tiles, long size) {
        this.tiles = tiles;
        this.size = size;
    }

    /**
     * An entry as it is kept.
     *
     * @param hash of what it says; empty where that was removed
     * @param fault what is wrong with it apart from that
     */
    public record Kept(long index, Optional<byte[]> hash, Optional<Fault> fault) {}

    /** The number of tiles that have an entry. */
    public long tiles() {
        return (size + WIDTH - 1) / WIDTH;
    }

    /** @param kept all entries that have a place in that tile */
    public List<Gap> ofTile(long tile, List<Kept> kept) {
        var byIndex = new HashMap<Long, List<Kept>>();
        kept.forEach(entry -> byIndex.computeIfAbsent(entry.index(), index -> new ArrayList<>())
                .add(entry));
        var gaps = new ArrayList<Gap>();
        long end = Math.min(size, (tile + 1) * WIDTH);
        for (long index = tile * WIDTH; index < end; index++) {
            long place = index;
            fault(place, byIndex).map(fault -> Gap.at(fault, place)).ifPresent(gap -> join(gaps, gap));
        }
        gaps.addAll(ofHashes(tile));
        return List.copyOf(gaps);
    }

    private Optional<Fault> fault(long index, Map<Long, List<Kept>> kept) {
        var there = kept.getOrDefault(index, List.of());
        if (there.isEmpty()) return Optional.of(Fault.MISSING);
        if (there.size() > 1) return Optional.of(Fault.DOUBLED);
        var entry = there.get(0);
        var committed = known(0, index);
        boolean same = entry.hash().isEmpty()
                || committed
                        .filter(hash -> Arrays.equals(hash, entry.hash().get()))
                        .isPresent();
        return same ? entry.fault() : Optional.of(Fault.ALTERED);
    }

    // NB. Neighbours with the same fault are one gap: who deletes a thousand entries makes one finding and not a
    // thousand.
    private static void join(List<Gap> gaps, Gap gap) {
        var last = gaps.isEmpty() ? null : gaps.get(gaps.size() - 1);
        if (last == null || last.fault() != gap.fault() || last.to() != gap.from()) gaps.add(gap);
        else gaps.set(gaps.size() - 1, new Gap(gap.fault(), last.from(), gap.to()));
    }

    /** Upwards, as long as what is looked at is full and so has a hash above it. */
    private List<Gap> ofHashes(long tile) {
        var gaps = new ArrayList<Gap>();
        long index = tile;
        long entries = WIDTH;
        for (int level = 0; (index + 1) * entries <= size; level++) {
            if (!agree(level, index)) gaps.add(new Gap(Fault.HASHES, index * entries, (index + 1) * entries));
            index /= WIDTH;
            entries *= WIDTH;
        }
        return gaps;
    }

    private boolean agree(int level, long index) {
        var above = known((level + 1) * Tiles.HEIGHT, index);
        return above.isPresent()
                && told(() -> tiles.whole(new Tiles.Place(level, index)).orElseThrow(Inspection::tooShort))
                        .filter(own -> Arrays.equals(own, above.get()))
                        .isPresent();
    }

    /**
     * Whether the log as a whole is that of its checkpoint, and continues what was seen before.
     *
     * @param checkpoint what the log's key has signed; empty where it has not
     * @param beyond whether an entry has a place after the last one
     */
    public List<Gap> ofLog(Optional<Checkpoint> checkpoint, String origin, Optional<Seen> before, boolean beyond) {
        var gaps = new ArrayList<Gap>();
        boolean committed = checkpoint
                .filter(note -> note.origin().equals(origin)
                        && note.size() == size
                        && root(size)
                                .filter(hash -> Arrays.equals(hash, note.root()))
                                .isPresent())
                .isPresent();
        if (!committed) gaps.add(Gap.of(Fault.CHECKPOINT));
        before.flatMap(this::since).ifPresent(fault -> gaps.add(Gap.of(fault)));
        if (beyond) gaps.add(Gap.of(Fault.BEYOND));
        return List.copyOf(gaps);
    }

    /** What a log was once. */
    public record Seen(long size, byte[] root) {}

    private Optional<Fault> since(Seen before) {
        if (before.size() > size) return Optional.of(Fault.SHRUNK);
        boolean continued = root(before.size())
                .filter(hash -> Arrays.equals(hash, before.root()))
                .isPresent();
        return continued ? Optional.empty() : Optional.of(Fault.FORKED);
    }

    /** What there is to remember; empty where the hashes are broken. */
    public Optional<Seen> seen() {
        return root(size).map(root -> new Seen(size, root));
    }

    private Optional<byte[]> root(long ofFirst) {
        return told(() -> MerkleTree.root(tiles, ofFirst));
    }

    private Optional<byte[]> known(int level, long index) {
        return told(() -> tiles.hash(level, index));
    }

    private static Optional<byte[]> told(Supplier<byte[]> hash) {
        try {
            return Optional.of(hash.get());
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a tile is too short, or holds something else than hashes
        }
    }

    private static IllegalArgumentException tooShort() {
        return new IllegalArgumentException("the tile is not full");
    }
}
