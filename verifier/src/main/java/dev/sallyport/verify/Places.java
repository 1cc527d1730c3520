package dev.sallyport.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which entry stands at which place, and which one was committed to it. Fed with the lines of an export in their order; says
 * what was done where the two are not the same.
 */
final class Places {

    /** An entry that is not the one that was committed to the place where it stands, or not the only one there. */
    private record Stray(long place, byte[] committed, byte[] hash) {

        boolean isOf(Map<Long, Long> homes) {
            return homes.containsKey(Committed.key(hash));
        }

        long home(Map<Long, Long> homes) {
            return homes.get(Committed.key(hash));
        }
    }

    /** Places that nothing stands at, with what may have been committed to them, as others before them were removed. */
    private record ClosedUp(long from, List<byte[]> hashes) {

        long to() {
            return from + hashes.size();
        }
    }

    private final Committed committed = new Committed();
    private final List<Stray> strays = new ArrayList<>();
    private final List<Stray> second = new ArrayList<>();
    private final List<Finding> late = new ArrayList<>();
    private final TreeMap<Long, Long> gaps = new TreeMap<>();
    private final List<ClosedUp> closedUp = new ArrayList<>();
    private final GrowingTree tree = new GrowingTree();
    private long before = -1;
    private long size;

    /** The first place after all that there are. */
    long size() {
        return size;
    }

    /**
     * The next line.
     *
     * @param leafHash of the entry that was committed to that place
     * @param hash of the one that stands there
     */
    void add(long place, byte[] leafHash, byte[] hash) {
        boolean first = place >= size || comesLate(place);
        if (place > size) leaveOut(place);
        size = Math.max(size, place + 1);
        before = place;
        var line = new Stray(place, leafHash, hash);
        if (!first) {
            second.add(line);
            return;
        }
        committed.add(place, leafHash);
        // NB. Not what stands there: where what was committed leads to the root that was signed, it is proven, and says
        // of what stands there whether it was altered or is from elsewhere.
        tree.add(leafHash);
        if (!Arrays.equals(leafHash, hash)) strays.add(line);
    }

    /** A line that cannot be read has its place all the same. */
    void skip() {
        size++;
    }

    private boolean comesLate(long place) {
        var gap = gaps.floorEntry(place);
        if (gap == null || gap.getValue() <= place) return false;
        gaps.remove(gap.getKey());
        if (gap.getKey() < place) gaps.put(gap.getKey(), place);
        if (place + 1 < gap.getValue()) gaps.put(place + 1, gap.getValue());
        late.add(new Finding(Finding.Kind.LATE, place, place, before, ""));
        return true;
    }

    private void leaveOut(long place) {
        gaps.put(size, place);
        closedUp(place).ifPresent(guess -> {
            guess.hashes().forEach(tree::add);
            closedUp.add(guess);
        });
    }

    private Optional<ClosedUp> closedUp(long to) {
        long missing = to - size;
        if (missing > strays.size()) return Optional.empty();
        return Optional.of(new ClosedUp(
                size,
                strays.subList(strays.size() - (int) missing, strays.size()).stream()
                        .map(Stray::hash)
                        .toList()));
    }

    /** Whether what was committed to the places so far leads to a checkpoint of that many. */
    boolean leadTo(Checkpoint checkpoint) {
        if (!Arrays.equals(checkpoint.root(), tree.root())) return false;
        closedUp.forEach(this::proven);
        closedUp.clear();
        return true;
    }

    /** Whether all that is missing up to a checkpoint is that others were moved up to the places of those that were removed. */
    boolean closeUpTo(Checkpoint checkpoint) {
        var guess = closedUp(checkpoint.size());
        if (guess.isEmpty()) return false;
        var whole = new GrowingTree(tree);
        guess.get().hashes().forEach(whole::add);
        if (!Arrays.equals(checkpoint.root(), whole.root())) return false;
        closedUp.forEach(this::proven);
        proven(guess.get());
        return true;
    }

    private void proven(ClosedUp places) {
        gaps.remove(places.from(), places.to());
        for (int i = 0; i < places.hashes().size(); i++) {
            committed.add(places.from() + i, places.hashes().get(i));
        }
    }

    /** A sentence for each thing that was done, in the order of the places, and not too many; empty where nothing was. */
    List<String> faults() {
        var found = new ArrayList<>(late);
        gaps.forEach((from, to) -> found.add(new Finding(Finding.Kind.REMOVED, from, to - 1, from, "")));
        if (!strays.isEmpty() || !second.isEmpty()) astray(found);
        return Finding.sentences(found);
    }

    private void astray(List<Finding> found) {
        var standing = Stream.concat(strays.stream(), second.stream())
                .map(stray -> Committed.key(stray.hash()))
                .collect(Collectors.toSet());
        var homes = committed.placesOf(standing);
        for (var stray : strays) {
            boolean elsewhere = standing.contains(Committed.key(stray.committed()));
            if (stray.isOf(homes)) {
                found.add(Finding.moved(stray.home(homes), stray.place()));
                if (!elsewhere) found.add(Finding.at(Finding.Kind.REMOVED, stray.place()));
            } else {
                found.add(
                        elsewhere
                                ? Finding.at(Finding.Kind.INSERTED, stray.place())
                                : Finding.altered(stray.place(), stray.committed(), stray.hash()));
            }
        }
        // NB. Which of two at one place comes first says nothing: the one that was committed to it belongs there.
        var taken = strays.stream().map(Stray::place).collect(Collectors.toSet());
        for (var line : second) {
            boolean away = line.isOf(homes) && line.home(homes) != line.place();
            if (away) found.add(Finding.moved(line.home(homes), line.place()));
            else if (!line.isOf(homes) || !taken.contains(line.place()))
                found.add(Finding.at(Finding.Kind.INSERTED, line.place()));
        }
    }
}
