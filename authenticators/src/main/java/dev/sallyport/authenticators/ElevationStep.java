package dev.sallyport.authenticators;

import dev.sallyport.access.Unmet;
import dev.sallyport.authenticators.ElevationPages.Entered;
import dev.sallyport.authenticators.ElevationPages.Fault;
import dev.sallyport.document.Documents;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.ElevationRefusal;
import dev.sallyport.elevation.Status;
import dev.sallyport.elevation.Vote;
import dev.sallyport.elevation.realm.Actor;
import dev.sallyport.elevation.realm.Ask;
import dev.sallyport.elevation.realm.Elevations;
import dev.sallyport.elevation.realm.Operation;
import dev.sallyport.expression.Pattern;
import dev.sallyport.privilege.Activation;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * One privilege in one login: the request, the wait for others, and what came of it. What the form says is never trusted:
 * which privilege it is about the server knows, and everything else the request judges.
 */
final class ElevationStep {

    /** The query parameter by which a page's script asks how it stands. */
    private static final String STATE = "sallyport_state";

    /** What the user enters, which is missing only until then. */
    private static final Set<String> ENTERED = Set.of("justification", "ticket");

    private final KeycloakSession session;
    private final RealmModel realm;
    private final String name;
    private final Clock clock;
    private final Elevations elevations;
    private final OwnElevations own;
    private final ElevationPages pages;
    private final Supplier<LoginFormsProvider> form;
    private final Supplier<URI> next;

    /**
     * @param form a form of the execution or action that this is part of
     * @param next where the same execution or action goes on
     */
    ElevationStep(
            KeycloakSession session,
            AuthenticationSessionModel authSession,
            String name,
            Supplier<LoginFormsProvider> form,
            Supplier<URI> next) {
        this.session = session;
        this.realm = session.getContext().getRealm();
        this.name = name;
        this.clock = Clock.systemUTC();
        this.elevations = new Elevations(session, realm, clock);
        this.own = new OwnElevations(session, realm, authSession, elevations, name);
        this.pages = new ElevationPages(
                session, realm, session.getContext().resolveLocale(authSession.getAuthenticatedUser()));
        this.form = form;
        this.next = next;
    }

    /** How it goes on. */
    sealed interface Result {

        /** @param response a page, or what its script asked for */
        record Shown(Response response) implements Result {}

        /** It is in effect for the session that this login leads to. */
        record Elevated() implements Result {}

        /** The user goes on without it. */
        record Without() implements Result {}

        /** The user authenticates more strongly, or anew, and comes back. */
        record Again() implements Result {}
    }

    /** Shows how it stands. */
    Result open() {
        return open(Entered.NOTHING, Fault.NONE);
    }

    /** Does what the user chose. */
    Result act(MultivaluedMap<String, String> fields) {
        var entered = new Entered(text(fields, "justification"), text(fields, "ticket"));
        return switch (text(fields, "choice")) {
            case "request" -> request(entered, text(fields, "duration"), false);
            case "emergency" -> request(entered, text(fields, "emergencyDuration"), true);
            case "without" -> new Result.Without();
            case "again" -> new Result.Again();
            case "cancel" -> cancel();
            case "activate" -> activate();
            case "anew" -> {
                own.forget();
                yield open();
            }
            default -> open();
        };
    }

    /** Whether there is nothing to be asked. */
    boolean elevated() {
        var actor = own.actor();
        return own.current(actor).filter(known -> had(actor, known)).isPresent();
    }

    private boolean had(Actor actor, Elevation known) {
        return known.status() == Status.ACTIVE && own.has(actor, known);
    }

    private static String text(MultivaluedMap<String, String> fields, String field) {
        return Optional.ofNullable(fields.getFirst(field)).map(String::strip).orElse("");
    }

    private Result open(Entered entered, Fault fault) {
        var found = PrivilegeProvider.find(realm, name);
        if (found.isEmpty()) return decided(() -> closed("unknown", name, List.of(), false));
        var privilege = found.get();
        var actor = own.actor();
        var current = own.current(actor);
        if (current.isEmpty()) return decided(() -> form(privilege, actor, entered, fault));
        var known = current.get();
        Function<String, Supplier<Result>> closed =
                why -> () -> closed(why, privilege.displayName(), known.approvals(), true);
        return switch (known.status()) {
            case ACTIVE -> decided(had(actor, known) ? Result.Elevated::new : () -> granted(privilege, actor, known));
            case PENDING -> waiting(privilege, actor, known);
            case SCHEDULED -> scheduled(privilege, actor, known);
            case DENIED -> decided(closed.apply("denied"));
            case EXPIRED -> decided(closed.apply("expired"));
            case ENDED -> decided(closed.apply("ended"));
            case CANCELLED -> decided(() -> form(privilege, actor, entered, fault));
        };
    }

    private Result form(Privilege privilege, Actor actor, Entered entered, Fault fault) {
        var usual = unmet(actor, false);
        var emergency = unmet(actor, true);
        if (usual.isEmpty() && emergency.isEmpty()) return closed("unknown", name, List.of(), false);
        var unmet = usual.or(() -> emergency).get().stream()
                .filter(missing -> !ENTERED.contains(missing.control()))
                .toList();
        return form(privilege, unmet, emergency.isPresent(), entered, fault);
    }

    private Result form(Privilege privilege, List<Unmet> unmet, boolean emergency, Entered entered, Fault fault) {
        return page("sallyport-elevation.ftl", pages.form(privilege, unmet, emergency, entered, fault));
    }

    /** @return empty when the user may not ask at all */
    private Optional<List<Unmet>> unmet(Actor actor, boolean emergency) {
        try {
            var ask = new Ask(name, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), emergency);
            return Optional.of(elevations.request(actor, ask).check().unmet());
        } catch (ElevationRefusal.Unknown | ElevationRefusal.Forbidden mayNot) {
            return Optional.empty();
        } catch (ElevationRefusal other) {
            return Optional.of(List.of());
        }
    }

    private Result request(Entered entered, String chosen, boolean emergency) {
        var length = length(chosen);
        if (length.isEmpty()) return open(entered, fault("duration"));
        var ask = new Ask(
                name, given(entered.justification()), length, given(entered.ticket()), Optional.empty(), emergency);
        try {
            var made = elevations.request(own.actor(), ask).execute();
            own.await(made);
            return open();
        } catch (ElevationRefusal.Invalid invalid) {
            return open(entered, fault(invalid.field()));
        } catch (ElevationRefusal.Conflict conflict) {
            return open(entered, new Fault("", pages.text("elevation.busy")));
        } catch (ElevationRefusal.Forbidden forbidden) {
            return PrivilegeProvider.find(realm, name)
                    .map(privilege -> refused(privilege, forbidden.unmet(), entered))
                    .orElseGet(() -> closed("unknown", name, List.of(), false));
        } catch (ElevationRefusal.StrengthNeeded | ElevationRefusal.Unknown refused) {
            return open(entered, Fault.NONE);
        }
    }

    private Result refused(Privilege privilege, List<Unmet> unmet, Entered entered) {
        var field = unmet.stream().map(Unmet::control).filter(ENTERED::contains).findFirst();
        var others = unmet.stream()
                .filter(missing -> !ENTERED.contains(missing.control()))
                .toList();
        var emergency = unmet(own.actor(), true).isPresent();
        return form(
                privilege, others, emergency, entered, field.map(this::fault).orElse(Fault.NONE));
    }

    private Fault fault(String field) {
        var activation = PrivilegeProvider.find(realm, name).map(Privilege::activation);
        return switch (field) {
            case "duration" -> new Fault(field, pages.text("elevation.invalid.duration"));
            case "justification" ->
                new Fault(
                        field,
                        pages.text(
                                "elevation.invalid.justification",
                                pattern(activation.flatMap(Activation::justification))));
            case "ticket" ->
                new Fault(
                        field, pages.text("elevation.invalid.ticket", pattern(activation.flatMap(Activation::ticket))));
            default -> new Fault("", pages.text("elevation.invalid"));
        };
    }

    private static String pattern(Optional<Pattern> pattern) {
        return pattern.map(Pattern::toString).orElse("");
    }

    private static Optional<String> given(String text) {
        return Optional.of(text).filter(value -> !value.isEmpty());
    }

    private static Optional<Duration> length(String text) {
        try {
            return Optional.of(Duration.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private Result cancel() {
        var actor = own.actor();
        try {
            own.current(actor)
                    .filter(known -> !had(actor, known))
                    .map(known -> known.status() == Status.ACTIVE
                            ? elevations.end(actor, known.id(), Optional.empty())
                            : elevations.cancel(actor, known.id(), Optional.empty()))
                    .ifPresent(Operation::execute);
            return new Result.Without();
        } catch (ElevationRefusal decidedMeanwhile) {
            return open(Entered.NOTHING, new Fault("", pages.text("elevation.busy")));
        }
    }

    private Result scheduled(Privilege privilege, Actor actor, Elevation known) {
        boolean begun =
                known.start().filter(start -> !clock.instant().isBefore(start)).isPresent();
        if (!begun) return waiting(privilege, actor, known);
        return decided(() -> own.awaits(known) ? awaited(privilege, actor, known) : granted(privilege, actor, known));
    }

    /** Goes on by itself, if it may: the user was told so, and waited. */
    private Result awaited(Privilege privilege, Actor actor, Elevation known) {
        try {
            var use = elevations.activate(actor, known.id());
            if (!use.check().unmet().isEmpty()) return granted(privilege, actor, known);
            use.execute();
            return new Result.Elevated();
        } catch (ElevationRefusal refused) {
            return granted(privilege, actor, known);
        }
    }

    /** Makes use of what was granted for later, or to a login that does not go on. */
    private Operation<Elevation> use(Actor actor, Elevation known) {
        return known.status() == Status.ACTIVE
                ? elevations.takeUp(actor, known.id())
                : elevations.activate(actor, known.id());
    }

    // NB. Never by the mere visit: an application's link would use up what was granted for another moment.
    private Result granted(Privilege privilege, Actor actor, Elevation known) {
        try {
            var unmet = use(actor, known).check().unmet();
            return page("sallyport-granted.ftl", pages.granted(privilege, known, unmet, ""));
        } catch (ElevationRefusal refused) {
            return page(
                    "sallyport-granted.ftl", pages.granted(privilege, known, List.of(), pages.text("granted.changed")));
        }
    }

    private Result activate() {
        var actor = own.actor();
        var known = own.current(actor)
                .filter(found -> found.status() == Status.SCHEDULED || found.status() == Status.ACTIVE)
                .filter(found -> !had(actor, found));
        if (known.isEmpty()) return open();
        try {
            use(actor, known.get()).execute();
            return new Result.Elevated();
        } catch (ElevationRefusal refused) {
            // NB. Why, is shown with what was granted.
            return open();
        }
    }

    private Result waiting(Privilege privilege, Actor actor, Elevation known) {
        own.await(known);
        actor.awaits(known, clock.instant());
        var waiting = pages.waiting(privilege, known);
        return asked() ? told(true, waiting.status()) : page("sallyport-waiting.ftl", waiting);
    }

    private Result closed(String why, String privilege, List<Vote> votes, boolean again) {
        return page("sallyport-not-elevated.ftl", pages.closed(why, privilege, votes, again));
    }

    private Result page(String template, Object model) {
        return new Result.Shown(form.get().setAttribute("elevation", model).createForm(template));
    }

    /** Where the page's script asks, it is only told to load the page: what is decided is shown, or done, then. */
    private Result decided(Supplier<Result> result) {
        return asked() ? told(false, "") : result.get();
    }

    private boolean asked() {
        return asked(session);
    }

    /** Whether a page's script asks, and not its reader. */
    static boolean asked(KeycloakSession session) {
        return session.getContext().getUri().getQueryParameters().containsKey(STATE);
    }

    /** Tells a script that the page has nothing to wait for any more. */
    static Response goOn(URI next) {
        return told(new State(false, "", next.toString()));
    }

    /** What the script is told; the address is another each time, since each works once. */
    public record State(boolean waiting, String status, String next) {}

    private Result told(boolean waiting, String status) {
        return new Result.Shown(told(new State(waiting, status, next.get().toString())));
    }

    // NB. Bytes, since Keycloak puts a script of its own into every text that answers an action.
    private static Response told(State state) {
        return Response.ok(Documents.write(state).getBytes(StandardCharsets.UTF_8), MediaType.APPLICATION_JSON_TYPE)
                .header("Cache-Control", "no-store")
                .build();
    }
}
