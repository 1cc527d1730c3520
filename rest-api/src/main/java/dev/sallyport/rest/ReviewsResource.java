package dev.sallyport.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.access.realm.SessionOrigin;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.privilege.People;
import dev.sallyport.privilege.realm.AccountableCaller;
import dev.sallyport.rest.Administration.Answer;
import dev.sallyport.review.Campaign;
import dev.sallyport.review.Verdict;
import dev.sallyport.review.realm.Reviews;
import dev.sallyport.review.realm.Reviews.Item;
import dev.sallyport.review.realm.Reviews.Review;
import jakarta.ws.rs.Consumes;
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
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.keycloak.models.Constants;
import org.keycloak.models.UserModel;

/**
 * Access reviews. Who manages opens them, auditors read them, and only those decide whom a review names: no role of the pack
 * makes anybody a reviewer.
 */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class ReviewsResource {

    private static final String SALLYPORT = "sallyport";

    // NB. Users give these their password to administer, so a token of theirs is not one for some other application.
    private static final Set<String> FOR_ADMINISTRATION =
            Set.of(Constants.ADMIN_CLI_CLIENT_ID, Constants.ADMIN_CONSOLE_CLIENT_ID);

    /** Among how many of the newest reviews those of a reviewer are looked for. */
    private static final int MOST_LOOKED_AT = 1_000;

    private final Administration administration;

    ReviewsResource(Administration administration) {
        this.administration = administration;
    }

    /** What a reviewer says of an item. */
    record Decision(Verdict decision, Optional<String> comment) {

        Decision {
            if (decision == null) throw new DocumentFault("decision", "is required");
        }
    }

    /** A review as it is shown: people by their names, or by their ids once they are gone. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Shown(
            String id,
            String name,
            Campaign.Scope scope,
            People reviewers,
            Instant deadline,
            Verdict onSilence,
            boolean memberships,
            String status,
            String openedBy,
            Instant openedAt,
            Optional<Instant> closedAt,
            int undecided,
            Optional<List<ShownItem>> items) {}

    /** An item as it is shown. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record ShownItem(
            String id,
            String user,
            String userId,
            String kind,
            Optional<String> privilege,
            String target,
            Optional<String> through,
            Optional<String> decision,
            Optional<String> decidedBy,
            Optional<Instant> decidedAt,
            Optional<String> comment,
            Optional<String> effect) {}

    /** All of them for administrators and auditors; for everybody else, of the newest, those in which they are a reviewer. */
    @GET
    public Response list(@QueryParam("first") String first, @QueryParam("max") String max) {
        return administration.answerAnybody(() -> {
            var page = Page.of(first, max);
            return Answer.ok(
                    visible(page).map(review -> shown(review, Optional.empty())).toList());
        });
    }

    /** A review with its items; {@code first} and {@code max} are of those. */
    @GET
    @Path("{id}")
    public Response get(@PathParam("id") String id, @QueryParam("first") String first, @QueryParam("max") String max) {
        return administration.answerAnybody(() -> {
            var page = Page.of(first, max == null ? String.valueOf(Page.LARGEST_MAX) : max);
            var review = reviews().find(id).filter(this::visible).orElseThrow(ReviewsResource::unknown);
            return Answer.ok(shown(review, Optional.of(items(review, page))));
        });
    }

    /**
     * Opens one about all that is in its scope now. Needs {@code manage} and the right to map the roles in its scope; where
     * decisions would take roles or memberships away, also Keycloak's right to manage users.
     */
    @POST
    public Response open(InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var campaign = Documents.read(RequestText.body(body), Campaign.class);
            campaign.check(administration.clock().instant());
            boolean takes = campaign.memberships() || campaign.scope().standing();
            if (takes && !administration.caller().users().canManage()) {
                throw Refusal.forbidden(
                        "A review that takes roles or memberships away needs the right to manage users.");
            }
            var caller = new AccountableCaller(administration.session(), administration.realm());
            var review = reviews()
                    .open(
                            campaign,
                            administration.who().user(),
                            taken -> caller.requireRightToMap(taken.roles(), taken.groups()));
            return Answer.created(shown(review, Optional.of(items(review, Page.of(null, "1000")))));
        });
    }

    /** Decides about an item, once: 404 for who is no reviewer, 403 about oneself, 409 when it was decided or is too late. */
    @POST
    @Path("{id}/items/{itemId}")
    public Response decide(@PathParam("id") String id, @PathParam("itemId") String itemId, InputStream body) {
        return administration.answerAnybody(() -> {
            var reviewer = person().orElseThrow(ReviewsResource::unknown);
            var decision = Documents.read(RequestText.body(body), Decision.class);
            return switch (outcome(id, itemId, reviewer, decision)) {
                case DONE ->
                    Answer.ok(shown(reviews().find(id).orElseThrow(ReviewsResource::unknown), Optional.empty()));
                case UNKNOWN -> throw unknown();
                case ONESELF -> throw Refusal.forbidden("Nobody decides about what they have themselves.");
                case OVER -> throw Refusal.conflict("This was decided already, or the deadline of the review is over.");
            };
        });
    }

    private Reviews.Outcome outcome(String id, String itemId, UserModel reviewer, Decision decision) {
        try {
            return reviews().decide(id, itemId, reviewer, decision.decision(), decision.comment());
        } catch (ConcurrentModificationException e) {
            throw Refusal.conflict("Somebody changes that privilege at the same time. Try again.");
        }
    }

    private Stream<Review> visible(Page page) {
        if (seesAll()) return reviews().list(page.first(), page.max()).stream();
        // NB. Counted are those that somebody sees: a page must not be empty because the newest ones are others'
        // business.
        return person().stream()
                .flatMap(user -> reviews().list(0, MOST_LOOKED_AT).stream()
                        .filter(review -> reviews().reviewer(review, user)))
                .skip(page.first())
                .limit(page.max());
    }

    private boolean visible(Review review) {
        return seesAll()
                || person().filter(user -> reviews().reviewer(review, user)).isPresent();
    }

    private boolean seesAll() {
        return Right.WATCH.heldBy(administration.caller(), administration.realm());
    }

    /**
     * Who asks, where it is somebody of this realm who is signed in as themselves, and whose token is for this: not one that they
     * gave to some other application.
     */
    private Optional<UserModel> person() {
        var who = administration.who();
        var token = who.auth().getToken();
        boolean meant = FOR_ADMINISTRATION.contains(token.getIssuedFor())
                || (token.hasAudience(SALLYPORT)
                        && token.getScope() != null
                        && Arrays.asList(token.getScope().split(" ")).contains(SALLYPORT));
        return who.userSession()
                .filter(userSession -> meant
                        && !userSession.isOffline()
                        && !SessionOrigin.standsIn(administration.session(), userSession)
                        && userSession.getUser().getId().equals(who.user().getId()))
                .map(userSession -> who.user());
    }

    private static Refusal unknown() {
        return Refusal.notFound("There is no such review, or you are no reviewer in it.");
    }

    private Shown shown(Review review, Optional<List<ShownItem>> items) {
        var campaign = review.campaign();
        return new Shown(
                review.id(),
                campaign.name(),
                campaign.scope(),
                campaign.reviewers(),
                campaign.deadline(),
                campaign.onSilence(),
                campaign.memberships(),
                review.status(),
                name(review.openedBy()),
                review.openedAt(),
                review.closedAt(),
                review.undecided(),
                items);
    }

    private List<ShownItem> items(Review review, Page page) {
        return reviews().items(review.id(), page.first(), page.max()).stream()
                .map(this::shown)
                .toList();
    }

    private ShownItem shown(Item item) {
        return new ShownItem(
                item.id(),
                name(item.user()),
                item.user(),
                item.kind(),
                item.privilege(),
                item.target(),
                item.through(),
                item.decision(),
                item.decidedBy().map(this::name),
                item.decidedAt(),
                item.comment(),
                item.effect());
    }

    private String name(String userId) {
        return new ElevationDocument.Showing(administration.session(), administration.realm(), Instant.EPOCH)
                .name(userId);
    }

    private Reviews reviews() {
        return new Reviews(administration.session(), administration.realm(), administration.clock());
    }
}
