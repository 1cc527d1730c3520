package dev.sallyport.authenticators;

import dev.sallyport.access.Unmet;
import dev.sallyport.access.realm.Explanation.Check;
import dev.sallyport.elevation.Elevation;
import dev.sallyport.elevation.ElevationRefusal;
import dev.sallyport.elevation.Review.Outcome;
import dev.sallyport.elevation.Status;
import dev.sallyport.elevation.realm.Actor;
import dev.sallyport.elevation.realm.Elevations;
import dev.sallyport.elevation.realm.Operation;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.keycloak.Config;
import org.keycloak.authentication.InitiatedActionSupport;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Lets an approver decide, and an officer review: {@code kc_action=sallyport-approve:<id of the elevation>}, or without an id
 * for all that wait. It is part of a login, so that whoever decides has just passed the realm's policies on this device.
 */
public final class ApproveRequiredAction implements RequiredActionProvider {

    /** The provider id. */
    public static final String ID = "sallyport-approve";

    /** A year, in seconds: how old an authentication may be, the gate knows. */
    private static final int MAX_AGE = 31_536_000;

    /** The note with the id of the elevation that is looked at; empty text for the list. */
    private static final String LOOKED_AT = "sallyport.approval";

    private static final int MOST = 100;

    private static final Optional<List<Unmet>> NOT_ALLOWED = Optional.empty();

    private final KeycloakSession session;

    private ApproveRequiredAction(KeycloakSession session) {
        this.session = session;
    }

    /** The elevation that the application's link is about. */
    static Optional<String> linked(AuthenticationSessionModel authSession) {
        boolean asked = ID.equals(authSession.getClientNote(Constants.KC_ACTION));
        return asked ? Optional.ofNullable(authSession.getClientNote(Constants.KC_ACTION_PARAMETER)) : Optional.empty();
    }

    @Override
    public InitiatedActionSupport initiatedActionSupport() {
        return InitiatedActionSupport.SUPPORTED;
    }

    @Override
    public int getMaxAuthAge(KeycloakSession asked) {
        return MAX_AGE;
    }

    @Override
    public void evaluateTriggers(RequiredActionContext context) {}

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        show(context, "", "");
    }

    @Override
    public void processAction(RequiredActionContext context) {
        var fields = context.getHttpRequest().getDecodedFormParameters();
        var comment = Optional.ofNullable(fields.getFirst("comment"))
                .map(String::strip)
                .orElse("");
        var authSession = context.getAuthenticationSession();
        var choice = Optional.ofNullable(fields.getFirst("choice")).orElse("");
        switch (choice) {
            case "done" -> context.success();
            case "look" -> {
                authSession.setAuthNote(
                        LOOKED_AT, Optional.ofNullable(fields.getFirst("id")).orElse(""));
                show(context, "", "");
            }
            case "list" -> {
                authSession.setAuthNote(LOOKED_AT, "");
                show(context, "", "");
            }
            default -> act(context, choice, comment);
        }
    }

    private void act(RequiredActionContext context, String choice, String comment) {
        var given = Optional.of(comment).filter(text -> !text.isEmpty());
        var id = lookedAt(context).orElse("");
        var actor = actor(context);
        var elevations = elevations(context);
        try {
            var operation = operation(elevations, actor, id, choice, given);
            operation.ifPresent(Operation::execute);
            show(context, "", operation.isPresent() ? "" : comment);
        } catch (ElevationRefusal.Conflict conflict) {
            show(context, pages(context).text("elevation.busy"), comment);
        } catch (ElevationRefusal.Invalid invalid) {
            show(context, pages(context).text("approval.invalid"), comment);
        } catch (ElevationRefusal refused) {
            // NB. Why, is shown with the request.
            show(context, "", comment);
        }
    }

    private static Optional<Operation<Elevation>> operation(
            Elevations elevations, Actor actor, String id, String choice, Optional<String> comment) {
        return switch (choice) {
            case "approve" -> Optional.of(elevations.approve(actor, id, comment));
            case "deny" -> Optional.of(elevations.deny(actor, id, comment));
            case "justified" -> Optional.of(elevations.review(actor, id, Outcome.JUSTIFIED, comment));
            case "misuse" -> Optional.of(elevations.review(actor, id, Outcome.MISUSE, comment));
            default -> Optional.empty();
        };
    }

    private void show(RequiredActionContext context, String fault, String comment) {
        var actor = actor(context);
        var elevations = elevations(context);
        var id = lookedAt(context);
        var form = context.form().setAttribute("fault", fault);
        if (id.isEmpty()) {
            var open = elevations.forApprover(actor, Optional.of(Status.PENDING), 0, MOST);
            form.setAttribute(
                    "requests", open.stream().map(pages(context)::request).toList());
            context.challenge(form.createForm("sallyport-approvals.ftl"));
            return;
        }
        var found = elevations.find(actor, id.get());
        form.setAttribute(
                "requests", found.map(pages(context)::request).map(List::of).orElse(List.of()));
        form.setAttribute("comment", comment);
        form.setAttribute(
                "decision",
                found.map(known -> decision(context, elevations, actor, known)).orElse(Decision.NONE));
        context.challenge(form.createForm("sallyport-approval.ftl"));
    }

    /**
     * What the viewer may do.
     *
     * @param checks what keeps the viewer from it
     */
    public record Decision(boolean vote, boolean review, List<Check> checks) {

        static final Decision NONE = new Decision(false, false, List.of());
    }

    private Decision decision(RequiredActionContext context, Elevations elevations, Actor actor, Elevation known) {
        boolean pending = known.status() == Status.PENDING;
        var vote = pending ? unmet(elevations.approve(actor, known.id(), Optional.empty())) : NOT_ALLOWED;
        var review = known.emergency() && known.review().isEmpty()
                ? unmet(elevations.review(actor, known.id(), Outcome.JUSTIFIED, Optional.empty()))
                : NOT_ALLOWED;
        var checks = vote.or(() -> review).orElse(List.of());
        return new Decision(
                vote.filter(List::isEmpty).isPresent(),
                review.filter(List::isEmpty).isPresent(),
                pages(context).checks(checks));
    }

    private static Optional<List<Unmet>> unmet(Operation<?> operation) {
        try {
            return Optional.of(operation.check().unmet());
        } catch (ElevationRefusal refused) {
            return NOT_ALLOWED;
        }
    }

    private static Optional<String> lookedAt(RequiredActionContext context) {
        var authSession = context.getAuthenticationSession();
        var chosen = Optional.ofNullable(authSession.getAuthNote(LOOKED_AT));
        return chosen.isPresent() ? chosen.filter(id -> !id.isEmpty()) : linked(authSession);
    }

    private Actor actor(RequiredActionContext context) {
        return OwnElevations.actor(session, context.getAuthenticationSession());
    }

    private Elevations elevations(RequiredActionContext context) {
        return new Elevations(session, context.getRealm(), Clock.systemUTC());
    }

    private ElevationPages pages(RequiredActionContext context) {
        return new ElevationPages(
                session, context.getRealm(), session.getContext().resolveLocale(context.getUser()));
    }

    @Override
    public void close() {}

    /** Describes the action to administrators. */
    public static final class Factory implements RequiredActionFactory {

        @Override
        public RequiredActionProvider create(KeycloakSession session) {
            return new ApproveRequiredAction(session);
        }

        @Override
        public String getId() {
            return ID;
        }

        @Override
        public String getDisplayText() {
            return "Decide on elevated access";
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
