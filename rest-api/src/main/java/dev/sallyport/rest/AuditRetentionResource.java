package dev.sallyport.rest;

import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.AuditRedaction;
import dev.sallyport.audit.realm.AuditRetention;
import dev.sallyport.audit.realm.AuditRetention.Change;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.finding.FindingKind;
import dev.sallyport.finding.realm.Findings;
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
import java.util.LinkedHashMap;
import java.util.Map;
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

    @GET
    public Response get() {
        return administration.answer(Right.AUDIT, () -> Answer.ok(retention().kept()));
    }

    /**
     * Entries that are older lose their text, and keep their hash. {@code {}} keeps everything for ever. Where less is kept than
     * before, that is so only after a while, in which somebody else can object. Only a person can say so, in nobody else's name.
     */
    @PUT
    public Response put(InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var wanted = Documents.read(RequestText.body(body), Retention.class).keep();
            new AccountableCaller(administration.session(), administration.realm()).requirePerson();
            var who = administration.who().user();
            retention().keep(wanted, AuditEntries.party(who)).ifPresent(change -> {
                var entry = administration.entry("config.updated").about(AuditRedaction.RETENTION, "retention");
                said(wanted, change).forEach(entry::with);
                change.withdrawn().ifPresent(to -> entry.with("withdrawn", to));
                administration.record(entry);
                if (change.effective().isPresent()) {
                    new Findings(administration.session(), administration.realm(), administration.clock())
                            .raise(FindingKind.RETENTION_SHORTENED, who, said(wanted, change));
                }
            });
            return Answer.ok(retention().kept());
        });
    }

    private static Map<String, Object> said(Optional<Duration> keep, Change change) {
        var said = new LinkedHashMap<String, Object>();
        keep.ifPresent(time -> said.put("keep", time.toString()));
        change.previous().ifPresent(time -> said.put("previous", time.toString()));
        change.effective().ifPresent(time -> said.put("effective", time));
        return said;
    }

    private AuditRetention retention() {
        return new AuditRetention(administration.session(), administration.realm(), administration.clock());
    }
}
