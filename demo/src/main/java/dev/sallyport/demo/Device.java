package dev.sallyport.demo;

import java.util.Locale;

/** The devices of the demo. Each has a client certificate that carries its id. */
enum Device {
    HEALTHY_LAPTOP("Healthy laptop", "registered, meets every check"),
    AILING_LAPTOP("Ailing laptop", "registered, its disk is not encrypted"),
    LOST_LAPTOP("Lost laptop", "registered, blocked by an administrator"),
    UNKNOWN_LAPTOP("Unknown laptop", "has a certificate of the company, but nobody registered it"),
    FOREIGN_LAPTOP("Foreign laptop", "says it is the healthy laptop, but another company's authority says so");

    /** What stands before the id in a certificate. */
    static final String PREFIX = "urn:device:";

    final String title;
    final String story;

    Device(String title, String story) {
        this.title = title;
        this.story = story;
    }

    /** The name of the device's files and links. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The id that its certificate claims. */
    String claimedId() {
        return this == FOREIGN_LAPTOP ? HEALTHY_LAPTOP.id() : id();
    }

    boolean registered() {
        return this == HEALTHY_LAPTOP || this == AILING_LAPTOP || this == LOST_LAPTOP;
    }
}
