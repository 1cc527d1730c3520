package dev.sallyport.rest;

import dev.sallyport.audit.realm.AuditLog;
import dev.sallyport.audit.realm.AuditTree;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Base64;
import java.util.List;

/** The audit log, to be read, exported and proven. */
public final class AuditResource {

    private static final String JSON_LINES = "application/jsonl";

    // NB. Only for those who ask for it: a request that takes anything gets JSON.
    private static final String IF_ASKED_FOR = JSON_LINES + ";qs=0.5";

    private final Administration administration;

    AuditResource(Administration administration) {
        this.administration = administration;
    }

    /** What proves that an entry is under a checkpoint; hashes in Base64, from the entry's neighbour upwards. */
    record Inclusion(long leafIndex, long treeSize, List<String> hashes) {}

    /** What proves that the checkpoint of one size continues that of another; hashes in Base64. */
    record Consistency(long from, long to, List<String> hashes) {}

    /**
     * Those of which the log still has what they say, newest first, whether they have their place or not.
     *
     * @param first how many to leave out, 0 if absent; who goes far back asks for what was before the last one instead, with {@code to}
     * @param max how many at most, 1 to 1,000; 100 if absent
     * @param type a whole type, or the beginning of several that ends with a dot
     * @param from leaves out what happened before, ISO 8601
     * @param to leaves out what happened then or later, ISO 8601
     */
    @GET
    @Path("entries")
    @Produces(MediaType.APPLICATION_JSON)
    public Response entries(
            @QueryParam("first") String first,
            @QueryParam("max") String max,
            @QueryParam("type") String type,
            @QueryParam("from") String from,
            @QueryParam("to") String to) {
        return administration.answer(Right.AUDIT, () -> {
            var page = Page.of(first, max);
            var query = new AuditLog.Query(
                    page.first(),
                    page.max(),
                    Page.text("type", type),
                    AuditExport.time("from", from),
                    AuditExport.time("to", to));
            return Answer.ok(new JpaAuditLog(administration.session(), administration.realm()).list(query));
        });
    }

    /**
     * All that have their place, in its order, as far as the current checkpoint reaches.
     *
     * @param fromIndex the first place; 0 if absent
     * @param toIndex the first place after; the size of the tree if absent
     * @param from leaves out what happened before, ISO 8601
     * @param to leaves out what happened then or later, ISO 8601
     */
    @GET
    @Path("entries")
    @Produces(IF_ASKED_FOR)
    public Response export(
            @QueryParam("fromIndex") String fromIndex,
            @QueryParam("toIndex") String toIndex,
            @QueryParam("from") String from,
            @QueryParam("to") String to) {
        return administration.answer(Right.AUDIT, () -> {
            long size = tree().size();
            var lines = new AuditExport(
                    administration.session().getKeycloakSessionFactory(),
                    administration.realm().getId(),
                    index("fromIndex", fromIndex, 0, size),
                    index("toIndex", toIndex, size, size),
                    AuditExport.time("from", from),
                    AuditExport.time("to", to));
            return Answer.stream(JSON_LINES, lines);
        });
    }

    /** The signed note about the newest tree. */
    @GET
    @Path("checkpoint")
    @Produces(MediaType.TEXT_PLAIN)
    public Response checkpoint() {
        return administration.answer(
                Right.AUDIT,
                () -> Answer.text(MediaType.TEXT_PLAIN, tree().checkpoint().orElseThrow(AuditResource::notSetUp)));
    }

    @GET
    @Path("proof/inclusion")
    @Produces(MediaType.APPLICATION_JSON)
    public Response inclusion(@QueryParam("leafIndex") String leafIndex, @QueryParam("treeSize") String treeSize) {
        return administration.answer(Right.AUDIT, () -> {
            long size = index("treeSize", required("treeSize", treeSize), 0, tree().size());
            if (size == 0) throw new DocumentFault("treeSize", "must be 1 at least");
            long leaf = index("leafIndex", required("leafIndex", leafIndex), 0, size - 1);
            return Answer.ok(new Inclusion(leaf, size, base64(tree().inclusion(leaf, size))));
        });
    }

    @GET
    @Path("proof/consistency")
    @Produces(MediaType.APPLICATION_JSON)
    public Response consistency(@QueryParam("from") String from, @QueryParam("to") String to) {
        return administration.answer(Right.AUDIT, () -> {
            long after = index("to", required("to", to), 0, tree().size());
            long before = index("from", required("from", from), 0, after);
            return Answer.ok(new Consistency(before, after, base64(tree().consistency(before, after))));
        });
    }

    /** The lines by which a verifier knows the keys that signed checkpoints, newest first. */
    @GET
    @Path("key")
    @Produces(MediaType.TEXT_PLAIN)
    public Response key() {
        return administration.answer(Right.AUDIT, () -> {
            var keys = tree().keys();
            if (keys.isEmpty()) throw notSetUp();
            return Answer.text(MediaType.TEXT_PLAIN, String.join("\n", keys) + "\n");
        });
    }

    /** Has a new key sign from now on. What the others signed stays signed. */
    @POST
    @Path("key")
    @Produces(MediaType.TEXT_PLAIN)
    public Response rotateKey() {
        return administration.answer(Right.MANAGE, () -> {
            if (!tree().open()) throw notSetUp();
            // NB. One in the database would sign nothing, and verifiers would know it all the same.
            if (tree().keyInFile()) throw Refusal.conflict("The key of this log is in a file: put the new one there.");
            tree().rotateKey();
            administration.record(administration
                    .entry("config.updated")
                    .about("audit-key", tree().keys().get(0)));
            return Answer.text(MediaType.TEXT_PLAIN, String.join("\n", tree().keys()) + "\n");
        });
    }

    private AuditTree tree() {
        return new AuditTree(administration.session(), administration.realm());
    }

    private static Refusal notSetUp() {
        return Refusal.notFound("The audit log of this realm has no name yet: call setup.");
    }

    private static String required(String name, String text) {
        if (text == null) throw new DocumentFault(name, "is required");
        return text;
    }

    private static long index(String name, String text, long fallback, long most) {
        if (text == null) return fallback;
        if (text.matches("\\d{1,18}")) {
            long number = Long.parseLong(text);
            if (number <= most) return number;
        }
        throw new DocumentFault(name, "must be a whole number from 0 to " + most);
    }

    private static List<String> base64(List<byte[]> hashes) {
        return hashes.stream().map(Base64.getEncoder()::encodeToString).toList();
    }
}
