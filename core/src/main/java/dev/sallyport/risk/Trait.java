package dev.sallyport.risk;

/** What a login is compared by with those before it. */
public enum Trait {
    /** The device that proved itself, or else the browser by a random value that it keeps. */
    DEVICE("new-device", 2, 20),
    /** The client's network: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address. */
    NETWORK("new-network", 1, 50),
    /** The country of the client's address. */
    COUNTRY("new-country", 2, 20);

    private final String whenNew;
    private final int weight;
    private final int remembered;

    Trait(String whenNew, int weight, int remembered) {
        this.whenNew = whenNew;
        this.weight = weight;
        this.remembered = remembered;
    }

    /** The id of the reason "this was never seen of the user". */
    String whenNew() {
        return whenNew;
    }

    /** How much that says. */
    int weight() {
        return weight;
    }

    /** How many values of it are remembered of one user. */
    int remembered() {
        return remembered;
    }
}
