package dev.sallyport.verify;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Which entry was committed to which place, in no more than two numbers for each. */
final class Committed {

    private long[] places = new long[1 << 10];

    // NB. Only what is told depends on these, never whether something is wrong: that whole hashes decide.
    private long[] keys = new long[1 << 10];

    private int size;

    /** The beginning of a hash, by which it is found. */
    static long key(byte[] hash) {
        return ByteBuffer.wrap(Arrays.copyOf(hash, Long.BYTES)).getLong();
    }

    void add(long place, byte[] leafHash) {
        if (size == places.length) {
            places = Arrays.copyOf(places, size * 2);
            keys = Arrays.copyOf(keys, size * 2);
        }
        places[size] = place;
        keys[size++] = key(leafHash);
    }

    /** The places to which these were committed. */
    Map<Long, Long> placesOf(Set<Long> wanted) {
        var found = new HashMap<Long, Long>();
        for (int i = 0; i < size; i++) {
            if (wanted.contains(keys[i])) found.putIfAbsent(keys[i], places[i]);
        }
        return found;
    }
}
