package dev.sallyport.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.AuditRetention;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.privilege.realm.AccountableCaller;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;

/** How long the audit log keeps what its entries say. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class AuditRetentionResource {

    private final Administration administration;

    AuditRetentionResource(Administration administration) {
        this.administration = administration;
    }

    /** @param keep for how long; absent for ever */
    record Retention(Optional<Duration> keep) {

        Retention {
            keep.filter(time ->
                            time.compareTo(AuditRetention.SHORTEST) < 0 || time.compareTo(AuditRetention.LONGEST) > 0)
                    .ifPresent(time -> {
                        throw new DocumentFault("keep", "must be from P1D to P36500D");
                    });
        }
    }

    /** @param prunedTo the first place whose entry was not removed for its age */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Kept(Optional<Duration> keep, long prunedTo) {}

    @GET
    public Response get() {
        return administration.answer(Right.AUDIT, () -> Answer.ok(kept()));
    }

    /**
     * Entries that are older lose their text from now on, and keep their hash. {@code {}} keeps everything for ever. Only a
     * person can say so, in nobody else's name.
     */
    @PUT
    public Response put(InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var wanted = Documents.read(RequestText.body(body), Retention.class).keep();
            var before = retention().keep();
            new AccountableCaller(administration.session(), administration.realm()).requirePerson();
            if (!wanted.equals(before)) {
                var withdrawn = retention()
                        .keep(wanted, AuditEntries.party(administration.who().user()));
                var entry = administration.entry("config.updated").about("audit-retention", "retention");
                wanted.ifPresent(keep -> entry.with("keep", keep.toString()));
                before.ifPresent(keep -> entry.with("previous", keep.toString()));
                withdrawn.ifPresent(to -> entry.with("withdrawn", to));
                administration.record(entry);
            }
            return Answer.ok(kept());
        });
    }

    private Kept kept() {
        return new Kept(retention().keep(), retention().prunedTo());
    }

    private AuditRetention retention() {
        return new AuditRetention(administration.session(), administration.realm(), administration.clock());
    }
}
