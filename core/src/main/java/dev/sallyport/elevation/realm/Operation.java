package dev.sallyport.elevation.realm;

import dev.sallyport.elevation.Analysis;
import dev.sallyport.elevation.ElevationRefusal;

/**
 * Something that a person is about to do.
 *
 * @param <R> what it makes, or what becomes of what it is about
 */
public interface Operation<R> {

    /**
     * What holds and what does not, without doing anything.
     *
     * @throws ElevationRefusal if that cannot even be asked: it is malformed, or there is no such thing for the actor
     */
    Analysis check();

    /**
     * Checks the same, then acts, with its record, in the transaction of the request.
     *
     * @throws ElevationRefusal if it does not happen
     */
    R execute();
}
