package dev.sallyport.rest;

import dev.sallyport.audit.AuditEntry;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.elevation.ElevationRefusal;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelDuplicateException;
import org.keycloak.models.ModelIllegalStateException;
import org.keycloak.models.RealmModel;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** One request to the administration of a realm: who asks, and how every resource answers. */
record Administration(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator caller, Clock clock) {

    Administration(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator caller) {
        this(session, realm, caller, Clock.systemUTC());
    }

    /**
     * Does the work and answers with what it returns, or refuses it. Of refused work nothing stays: half of a change is
     * none that anybody asked for.
     */
    Response answer(Right right, Supplier<Answer> work) {
        return guarded(() -> done(right, work).response());
    }

    /** The same for whomever the work itself lets in. */
    Response answerAnybody(Supplier<Answer> work) {
        return guarded(() -> done(work).response());
    }

    /**
     * The same for what takes the time of somebody else's server: the work looks up what is needed, and what it returns is
     * done when the transaction is over, so that no connection to the database is held meanwhile. It may not touch the
     * session any more.
     */
    Response answerAfterwards(Right right, Supplier<Supplier<Answer>> work) {
        return guarded(() -> {
            var rest = done(right, work);
            session.getTransactionManager().commit();
            return rest.get().response();
        });
    }

    /** The same where the work itself finds out whether the caller may have it done. */
    Response answerWhoeverAsks(Supplier<Answer> work) {
        return guarded(() -> done(work).response());
    }

    private <T> T done(Right right, Supplier<T> work) {
        if (!right.heldBy(caller, realm))
            throw Refusal.forbidden("This needs a role of the client sallyport: " + right + ".");
        return done(work);
    }

    private <T> T done(Supplier<T> work) {
        if (who().locked(clock.instant())) throw Refusal.forbidden("An administrator who is locked cannot administer.");
        RequestText.checkAddress(session.getContext().getUri().getRequestUri());
        var done = work.get();
        // NB. What the database objects to has to be known before the answer is given.
        session.getProvider(JpaConnectionProvider.class).getEntityManager().flush();
        return done;
    }

    private Response guarded(Supplier<Response> answer) {
        try {
            return answer.get();
        } catch (Refusal refusal) {
            return refuse(refusal);
        } catch (ElevationRefusal refusal) {
            session.getTransactionManager().setRollbackOnly();
            return SelfService.response(refusal);
        } catch (DocumentFault fault) {
            return refuse(Refusal.of(fault));
        } catch (ComponentValidationException e) {
            return refuse(
                    e.getCause() instanceof DocumentFault fault
                            ? Refusal.of(fault)
                            : Refusal.badRequest(e.getMessage()));
        } catch (ErrorResponseException e) {
            // NB. A component that is refused for who asks; Keycloak's own interface would answer the same.
            if (e.getErrorDescription() == null) throw e;
            return refuse(Refusal.forbidden(e.getErrorDescription()));
        } catch (ModelIllegalStateException e) {
            // NB. What it rested on was changed by another one after it was read.
            return refuse(Refusal.conflict("Another request changed the same at the same time."));
        } catch (ModelDuplicateException e) {
            return refuse(Refusal.conflict("Another request made the same at the same time."));
        }
    }

    private Response refuse(Refusal refusal) {
        session.getTransactionManager().setRollbackOnly();
        return Answer.of(refusal).response();
    }

    Caller who() {
        return new Caller(session, realm, caller.adminAuth());
    }

    AuditEntries entry(String type) {
        return AuditEntries.of(session, type);
    }

    void record(AuditEntries entry) {
        record(entry.at(clock));
    }

    void record(AuditEntry entry) {
        new JpaAuditLog(session, realm).append(entry);
    }

    /** What is answered; {@code entity} is an empty text when that is nothing at all. */
    record Answer(Status status, String type, Object entity, Map<String, String> headers) {

        Answer(Status status, String type, Object entity) {
            this(status, type, entity, Map.of());
        }

        Answer with(String header, String value) {
            var all = new HashMap<>(headers);
            all.put(header, value);
            return new Answer(status, type, entity, all);
        }

        /** @param document anything that can be written as JSON */
        static Answer ok(Object document) {
            return json(Status.OK, document);
        }

        static Answer of(Refusal refusal) {
            return json(refusal.status(), refusal.body());
        }

        static Answer created(Object document) {
            return json(Status.CREATED, document);
        }

        // NB. Written here: Keycloak's own mapper leaves out what is null and knows no java.time.
        private static Answer json(Status status, Object document) {
            return new Answer(status, MediaType.APPLICATION_JSON, Documents.write(document));
        }

        static Answer text(String type, String text) {
            return new Answer(Status.OK, type, text);
        }

        /** @param lines written while they are sent */
        static Answer stream(String type, StreamingOutput lines) {
            return new Answer(Status.OK, type, lines);
        }

        static Answer done() {
            return new Answer(Status.NO_CONTENT, MediaType.APPLICATION_JSON, "");
        }

        Response response() {
            var response = Response.status(status).header("Cache-Control", "no-store");
            headers.forEach(response::header);
            return "".equals(entity)
                    ? response.build()
                    : response.type(type).entity(entity).build();
        }
    }
}
