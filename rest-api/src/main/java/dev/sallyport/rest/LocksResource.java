package dev.sallyport.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.device.realm.JpaDeviceStore;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.lock.Lock;
import dev.sallyport.lock.Lock.Held;
import dev.sallyport.lock.Lock.Unreadable;
import dev.sallyport.lock.Lock.Valid;
import dev.sallyport.lock.realm.LockProvider;
import dev.sallyport.lock.realm.Locking;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import org.keycloak.models.UserModel;

/** Locks: whom and what the realm refuses at every door. Users are named here, and stored by their ids. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class LocksResource {

    private final Administration administration;

    LocksResource(Administration administration) {
        this.administration = administration;
    }

    /**
     * @param user a username; null when the lock is for something else, or for a user that is gone
     * @param inForce whether it refuses now, rather than being over
     * @param invalid why the lock cannot be read; it holds all the same
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    private record Listed(
            String id,
            Optional<String> user,
            Optional<String> userId,
            Optional<String> device,
            Optional<String> privilege,
            Optional<String> reason,
            Optional<Instant> until,
            boolean inForce,
            Optional<String> invalid) {}

    @GET
    public Response list() {
        return administration.answer(
                Right.VIEW,
                () -> Answer.ok(LockProvider.locks(administration.realm()).stream()
                        .map(this::listed)
                        .toList()));
    }

    @POST
    public Response set(InputStream body, @QueryParam("force") String force) {
        return administration.answer(Right.MANAGE, () -> {
            boolean forced = Page.flag("force", force).orElse(false);
            var asked = Lock.read(RequestText.body(body));
            var user = asked.user().map(this::user);
            asked.device().ifPresent(this::requireDevice);
            asked.privilege().ifPresent(this::requirePrivilege);
            var now = administration.clock().instant();
            if (asked.until().filter(end -> !end.isAfter(now)).isPresent()) {
                throw new DocumentFault("until", "must be in the future");
            }
            var lock = new Lock(
                    user.map(UserModel::getId), asked.device(), asked.privilege(), asked.reason(), asked.until());
            if (!forced && shutsOutTheCaller(lock)) {
                throw Refusal.conflict(
                        "This lock would shut you out. Repeat the request with ?force=true if you want that.");
            }
            var locking = new Locking(administration.session(), administration.realm());
            var id = locking.set(lock);
            return Answer.created(listed(new Valid(id, lock)));
        });
    }

    @DELETE
    @Path("{id}")
    public Response lift(@PathParam("id") String id) {
        return administration.answer(Right.MANAGE, () -> {
            if (!LockProvider.lift(administration.realm(), id)) throw Refusal.notFound("There is no lock of that id.");
            return Answer.done();
        });
    }

    private UserModel user(String username) {
        return Optional.ofNullable(administration.session().users().getUserByUsername(administration.realm(), username))
                .orElseThrow(() -> new DocumentFault("user", "is not the name of a user"));
    }

    private void requireDevice(String id) {
        if (new JpaDeviceStore(administration.session(), administration.realm())
                .find(id)
                .isEmpty()) {
            throw new DocumentFault("device", "is not a registered device");
        }
    }

    private void requirePrivilege(String name) {
        if (PrivilegeProvider.documents(administration.realm()).find(name).isEmpty()) {
            throw new DocumentFault("privilege", "is not a privilege of the realm");
        }
    }

    private boolean shutsOutTheCaller(Lock lock) {
        var caller = administration.who();
        return caller.ofThisRealm()
                && new Valid("", lock)
                        .bar(
                                caller.user().getId(),
                                caller.devices(),
                                administration.clock().instant())
                        .isPresent();
    }

    private Listed listed(Held held) {
        if (held instanceof Valid valid) {
            var lock = valid.lock();
            return new Listed(
                    held.id(),
                    lock.user().flatMap(this::username),
                    lock.user(),
                    lock.device(),
                    lock.privilege(),
                    Optional.of(lock.reason()),
                    lock.until(),
                    valid.inForce(administration.clock().instant()),
                    Optional.empty());
        }
        var unreadable = (Unreadable) held;
        return new Listed(
                held.id(),
                unreadable.user().flatMap(this::username),
                unreadable.user(),
                unreadable.device(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                true,
                Optional.of(unreadable.fault()));
    }

    private Optional<String> username(String id) {
        return Optional.ofNullable(administration.session().users().getUserById(administration.realm(), id))
                .map(UserModel::getUsername);
    }
}
