package dev.sallyport.evaluation;

/**
 * What a change of rules costs in sessions, and whether that has to be confirmed.
 *
 * @param live how many sessions there are
 * @param asked how many of them were asked, evenly among all
 * @param ending how many of those would end, wholly or for some application
 * @param negligible fewer than these need no confirmation
 * @param share the share of live sessions, in percent, that needs none either
 */
public record Toll(long live, long asked, long ending, long negligible, int share) {

    /** How many sessions would end; an estimate when not all were asked. */
    public long sessions() {
        return asked == 0 ? 0 : Math.round((double) ending * live / asked);
    }

    public boolean exact() {
        return asked == live;
    }

    /** Whether whoever makes the change has to say that it is meant. */
    public boolean needsConfirmation() {
        return sessions() >= negligible && sessions() * 100 > live * share;
    }
}
