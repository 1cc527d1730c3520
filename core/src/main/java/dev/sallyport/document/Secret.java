package dev.sallyport.document;

/** A secret in a document: itself, or a reference to where the server's vault keeps it. */
public final class Secret {

    /** What stands for a secret when it is read back; sent in, it stands for the one that is stored. */
    public static final String MASK = "**********";

    private static final String VAULT_OURS = "\\$\\{vault\\.sallyport-[^{}]+}";

    private Secret() {}

    /** Whether it is a reference, which is no secret by itself. */
    public static boolean inVault(String value) {
        return value.matches(VAULT_OURS);
    }

    /** As it may be read back. */
    public static String masked(String value) {
        return inVault(value) ? value : MASK;
    }

    /**
     * The same for a kind of documents that has entries of its own.
     *
     * @param prefix what the names of its entries begin with, after {@code sallyport-}
     */
    public static void check(String path, String value, String prefix) {
        check(path, value);
        if (inVault(value) && !value.startsWith("${vault.sallyport-" + prefix)) {
            throw new DocumentFault(path, "may name only entries of the vault that begin with sallyport-" + prefix);
        }
    }

    /**
     * @param path where the document holds it
     * @throws DocumentFault if it refers to an entry of the vault that is not for us
     */
    public static void check(String path, String value) {
        // NB. Otherwise whoever may configure us could send any secret of the realm to a host of their own.
        if (value.startsWith("${vault.") && !inVault(value)) {
            throw new DocumentFault(path, "may name only entries of the vault that begin with sallyport-");
        }
    }
}
