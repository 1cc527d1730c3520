package dev.sallyport.delivery;

/**
 * How a receiver stands to the entry that it is to get next: whether it is this entry that it does not want, or nothing at
 * all. Nobody can be allowed to stop a sink by an entry that some filter in front of the receiver takes offence at, and no
 * outage may turn a log into dead letters.
 *
 * @param refusals how often it answered that it does not take the next entry
 * @param inRow how many entries it refused for good with none taken in between
 */
public record Standing(int refusals, int inRow) {

    public static final Standing GOOD = new Standing(0, 0);

    /** How often an entry is refused before it is given up, or another one is tried in its place. */
    static final int REFUSALS = 5;

    /** How many entries are given up in a row: whoever refuses more refuses everything. */
    static final int MOST_IN_ROW = 10;

    /** Another entry was taken, so it is this one. */
    private static final int SINGLED_OUT = 1_000;

    /** What a receiver answered to the next entry. */
    public enum Answer {
        /** Something that is not about this entry, as far as it says. */
        FAILURE,
        REFUSAL,
        REFUSAL_FOR_GOOD
    }

    /** Whether another entry is to be tried, to see if it is this one that is not taken. */
    public boolean wantsAnother() {
        return refusals >= REFUSALS && refusals < SINGLED_OUT;
    }

    /** The same once another entry was tried; if it was taken, this one is tried a last time, since all may be well again. */
    public Standing tried(boolean otherTaken) {
        return otherTaken ? new Standing(SINGLED_OUT, 0) : new Standing(REFUSALS - 1, inRow);
    }

    /** The same after one more answer. */
    public Standing answered() {
        return new Standing(Math.min(refusals + 1, SINGLED_OUT + 1), inRow);
    }

    /** Whether the entry is given up, given what {@link #answered} has counted. */
    public boolean givesUp(Answer answer) {
        if (refusals > SINGLED_OUT) return true;
        if (inRow >= MOST_IN_ROW) return false;
        return answer == Answer.REFUSAL_FOR_GOOD || answer == Answer.REFUSAL && refusals >= REFUSALS;
    }

    /** The next entry's, once this one is given up. */
    public Standing givenUp() {
        return new Standing(0, inRow + 1);
    }
}
