package dev.sallyport.document;

/** The name of a configuration document, which is also a part of its address and a word in logs. */
public final class DocumentName {

    /** The longest name, in characters. */
    public static final int MAX_NAME = 100;

    private DocumentName() {}

    /** @throws DocumentFault if that cannot be a name */
    public static void check(String name) {
        if (name == null || name.isBlank()) throw new DocumentFault("name", "is required");
        // NB. A name of dots only would be a step up in the address of its document.
        if (name.length() > MAX_NAME || !name.matches("[\\p{L}\\p{N}][\\p{L}\\p{N}._ -]*")) {
            throw new DocumentFault(
                    "name",
                    "must be at most " + MAX_NAME
                            + " letters, digits, spaces, dots, dashes or underscores and start with a letter or digit");
        }
    }
}
