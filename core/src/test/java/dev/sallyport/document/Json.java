package dev.sallyport.document;

/** JSON in Java texts, with apostrophes for quotation marks so that the documents stay readable. */
public final class Json {

    private Json() {}

    public static String of(String text) {
        return text.replace('\'', '"');
    }
}
