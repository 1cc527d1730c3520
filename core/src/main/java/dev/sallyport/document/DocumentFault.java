package dev.sallyport.document;

/** A fault in a document: where it is and what is wrong. The reason is a sentence for the person who wrote the document. */
public final class DocumentFault extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String path;
    private final String reason;

    /**
     * @param path where the fault is, such as {@code controls.device.minOsVersion.macos}; empty for the whole document
     * @param reason what is wrong there, to be read after the path: "must be true or false"
     */
    public DocumentFault(String path, String reason) {
        super(path.isEmpty() ? reason : path + ": " + reason);
        this.path = path;
        this.reason = reason;
    }

    public String path() {
        return path;
    }

    public String reason() {
        return reason;
    }

    /** The same fault, seen from a document that holds the faulty one at {@code parent}. */
    public DocumentFault below(String parent) {
        if (parent.isEmpty()) return this;
        if (path.isEmpty()) return new DocumentFault(parent, reason);
        return new DocumentFault(path.startsWith("[") ? parent + path : parent + "." + path, reason);
    }
}
