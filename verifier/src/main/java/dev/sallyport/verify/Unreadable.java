package dev.sallyport.verify;

/** What was given is not what it should be. */
final class Unreadable extends RuntimeException {

    private static final long serialVersionUID = 1;

    Unreadable(String message) {
        super(message);
    }
}
