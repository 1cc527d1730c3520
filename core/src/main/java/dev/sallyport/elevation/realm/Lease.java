package dev.sallyport.elevation.realm;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an {@link AssignmentEntity} says, as it is in the database now.
 *
 * <p>NB. Not the row itself: the second time that a transaction reads one, it gets what it has read the first time.
 *
 * @param leasedAt epoch milliseconds
 * @param removedAt when the mapping was taken away; empty as long as it is there
 */
record Lease(String elevationId, String userId, String kind, String targetId, long leasedAt, Optional<Long> removedAt) {

    static List<Lease> of(Stream<Object[]> rows) {
        return rows.map(row -> new Lease(
                        (String) row[0],
                        (String) row[1],
                        (String) row[2],
                        (String) row[3],
                        (Long) row[4],
                        Optional.ofNullable((Long) row[5])))
                .toList();
    }

    boolean live() {
        return removedAt.isEmpty();
    }
}
