package dev.sallyport.review.realm;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.document.Documents;
import dev.sallyport.elevation.realm.OwnSubject;
import dev.sallyport.review.Campaign;
import dev.sallyport.review.Verdict;
import dev.sallyport.review.realm.Entitlements.Entitlement;
import dev.sallyport.review.realm.Revocation.Effect;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** The access reviews of a realm. What is decided takes effect in the transaction of the decision, and is recorded in it. */
public record Reviews(KeycloakSession session, RealmModel realm, Clock clock) {

    /** How many undecided items are looked up at once. */
    static final int PAGE = 50;

    /**
     * A review.
     *
     * @param openedBy the id of who opened it
     * @param undecided how many items nobody has decided about
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Review(
            String id,
            Campaign campaign,
            String status,
            String openedBy,
            Instant openedAt,
            Optional<Instant> closedAt,
            int undecided) {}

    /**
     * What is decided about.
     *
     * @param user the id of whose it is
     * @param kind {@code user}, {@code group} or {@code role}: by what they are eligible; {@code standing}: a role held for good
     * @param through the group or role by which a standing role is held
     * @param decidedBy the id of the reviewer; empty where the deadline decided
     * @param effect {@code kept}, {@code removed}, {@code recorded}, {@code gone}, {@code failed} or {@code last}
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Item(
            String id,
            String user,
            String kind,
            Optional<String> privilege,
            String target,
            Optional<String> through,
            Optional<String> decision,
            Optional<String> decidedBy,
            Optional<Instant> decidedAt,
            Optional<String> comment,
            Optional<String> effect) {}

    /** What came of an attempt to decide. */
    public enum Outcome {
        DONE,
        /** The caller is no reviewer, or there is no such item. */
        UNKNOWN,
        /** It is about the caller. */
        ONESELF,
        /** It was decided, or the review is over. */
        OVER
    }

    /**
     * Opens one about everything that is in its scope now.
     *
     * @param allowed throws where the caller may not take that from people
     */
    public Review open(Campaign campaign, UserModel by, Consumer<Taken> allowed) {
        var entitlements = Entitlements.of(session, realm, campaign.scope(), clock);
        allowed.accept(Taken.by(session, realm, campaign, entitlements));
        var row = new ReviewEntity();
        row.id = UUID.randomUUID().toString();
        row.realmId = realm.getId();
        row.campaign = Documents.write(campaign);
        row.openedBy = by.getId();
        row.openedAt = clock.millis();
        row.dueAt = campaign.deadline().toEpochMilli();
        row.undecided = entitlements.size();
        entities().persist(row);
        for (int i = 0; i < entitlements.size(); i++) entities().persist(item(row, entitlements.get(i), i));
        append(AuditEntries.of(session, "review.opened")
                .about("review", row.id)
                .with("name", campaign.name())
                .with("scope", campaign.scope())
                .with("reviewers", campaign.reviewers())
                .with("deadline", campaign.deadline())
                .with("onSilence", campaign.onSilence())
                .with("memberships", campaign.memberships())
                .with("items", entitlements.size()));
        if (entitlements.isEmpty()) close(row);
        return review(row);
    }

    private static ReviewItemEntity item(ReviewEntity review, Entitlement entitlement, int position) {
        var item = new ReviewItemEntity();
        item.id = UUID.randomUUID().toString();
        item.realmId = review.realmId;
        item.reviewId = review.id;
        item.position = position;
        item.userId = entitlement.userId();
        item.kind = entitlement.kind().name().toLowerCase(Locale.ROOT);
        item.privilege = entitlement.privilege().orElse(null);
        item.target = entitlement.target();
        item.targetId = entitlement.targetId().orElse(null);
        item.through = entitlement.through().orElse(null);
        item.throughId = entitlement.throughId().orElse(null);
        return item;
    }

    /** The newest first. */
    public List<Review> list(int first, int max) {
        return entities()
                .createNamedQuery("listReviews", ReviewEntity.class)
                .setParameter("realmId", realm.getId())
                .setFirstResult(first)
                .setMaxResults(max)
                .getResultStream()
                .map(Reviews::review)
                .toList();
    }

    public Optional<Review> find(String id) {
        return row(id, LockModeType.NONE).map(Reviews::review);
    }

    /** The items of a review, in the order in which they were found. */
    public List<Item> items(String id, int first, int max) {
        return entities()
                .createNamedQuery("itemsOfReview", ReviewItemEntity.class)
                .setParameter("reviewId", id)
                .setFirstResult(first)
                .setMaxResults(max)
                .getResultStream()
                .map(Reviews::item)
                .toList();
    }

    /** Whether somebody is a reviewer by what they are for good: never by what an elevation gave them. */
    public boolean reviewer(Review review, UserModel user) {
        return user.isEnabled()
                && user.getServiceAccountClientLink() == null
                && review.campaign().reviewers().include(OwnSubject.of(session, realm, user));
    }

    /** Decides, once and for all. */
    public Outcome decide(
            String reviewId, String itemId, UserModel reviewer, Verdict answer, Optional<String> comment) {
        var held = row(reviewId, LockModeType.PESSIMISTIC_WRITE);
        if (held.isEmpty() || !reviewer(review(held.get()), reviewer)) return Outcome.UNKNOWN;
        var review = held.get();
        // NB. Somebody may have had it before this one.
        entities().refresh(review);
        var item = entities().find(ReviewItemEntity.class, itemId);
        if (item == null || !item.reviewId.equals(reviewId)) return Outcome.UNKNOWN;
        if (item.userId.equals(reviewer.getId())) return Outcome.ONESELF;
        entities().refresh(item);
        if (item.decision != null || review.dueAt == null || review.dueAt <= clock.millis()) return Outcome.OVER;
        decide(review, item, answer, Optional.of(reviewer), comment);
        if (review.undecided == 0) close(review);
        return Outcome.DONE;
    }

    private void decide(
            ReviewEntity review,
            ReviewItemEntity item,
            Verdict answer,
            Optional<UserModel> reviewer,
            Optional<String> comment) {
        boolean memberships = campaign(review).memberships();
        var effect = answer == Verdict.KEEP
                ? Effect.KEPT
                : new Revocation(session, realm, clock, memberships).of(item, reviewer.isEmpty());
        write(review, item, answer, effect, reviewer, comment);
    }

    private void write(
            ReviewEntity review,
            ReviewItemEntity item,
            Verdict answer,
            Effect effect,
            Optional<UserModel> reviewer,
            Optional<String> comment) {
        item.decision = answer.id();
        item.decidedBy = reviewer.map(UserModel::getId).orElse(null);
        item.decidedAt = clock.millis();
        item.comment = comment.orElse(null);
        item.effect = effect.id();
        review.undecided--;
        var entry = AuditEntries.system(session, "review.decided")
                .with("review", review.id)
                .with("item", item.id)
                .with("kind", item.kind)
                .with("target", item.target)
                .with("decision", item.decision)
                .with("effect", item.effect)
                .with("bySilence", reviewer.isEmpty());
        reviewer.ifPresent(entry::by);
        Optional.ofNullable(session.users().getUserById(realm, item.userId))
                .ifPresentOrElse(entry::about, () -> entry.about("user", item.userId));
        if (item.privilege != null) entry.with("privilege", item.privilege);
        if (item.through != null) entry.with("through", item.through);
        comment.ifPresent(text -> entry.with("comment", text));
        append(entry);
    }

    /** The ids of items of a review whose deadline is over that nobody has decided about, from that position on. */
    List<Undecided> undecided(String reviewId, int from) {
        return entities()
                .createNamedQuery("undecidedItems", ReviewItemEntity.class)
                .setParameter("reviewId", reviewId)
                .setParameter("from", from)
                .setMaxResults(PAGE)
                .getResultStream()
                .map(item -> new Undecided(item.id, item.position))
                .toList();
    }

    /** An item that silence decides about. */
    record Undecided(String id, int position) {}

    /** Has silence have its effect on an item; nothing happens if somebody was faster, or the deadline is not over. */
    void settle(String reviewId, String itemId) {
        silently(
                reviewId,
                itemId,
                (review, item) ->
                        decide(review, item, campaign(review).onSilence(), Optional.empty(), Optional.empty()));
    }

    /** As {@link #settle}, where that was tried and broke off. */
    void giveUp(String reviewId, String itemId) {
        silently(
                reviewId,
                itemId,
                (review, item) -> write(
                        review, item, campaign(review).onSilence(), Effect.FAILED, Optional.empty(), Optional.empty()));
    }

    private void silently(String reviewId, String itemId, BiConsumer<ReviewEntity, ReviewItemEntity> act) {
        var review = due(reviewId);
        if (review.isEmpty()) return;
        var item = entities().find(ReviewItemEntity.class, itemId);
        if (item == null) return;
        entities().refresh(item);
        if (item.decision == null) act.accept(review.get(), item);
    }

    /** Closes a review whose deadline is over, if all of it is decided. */
    void closeIfDecided(String reviewId) {
        due(reviewId).filter(review -> undecided(reviewId, 0).isEmpty()).ifPresent(this::close);
    }

    private Optional<ReviewEntity> due(String reviewId) {
        var held = row(reviewId, LockModeType.PESSIMISTIC_WRITE);
        held.ifPresent(entities()::refresh);
        return held.filter(review -> review.dueAt != null && review.dueAt <= clock.millis());
    }

    private void close(ReviewEntity review) {
        review.dueAt = null;
        review.closedAt = clock.millis();
        entities().flush();
        var entry = AuditEntries.system(session, "review.closed").about("review", review.id);
        entities()
                .createQuery(
                        "select i.decision, i.effect, count(i) from ReviewItemEntity i where i.reviewId = :reviewId"
                                + " group by i.decision, i.effect",
                        Object[].class)
                .setParameter("reviewId", review.id)
                .getResultList()
                .forEach(row -> entry.with(row[0] + "-" + row[1], ((Number) row[2]).longValue()));
        append(entry);
    }

    private Optional<ReviewEntity> row(String id, LockModeType lock) {
        return Optional.ofNullable(entities().find(ReviewEntity.class, id, lock))
                .filter(row -> row.realmId.equals(realm.getId()));
    }

    private static Campaign campaign(ReviewEntity row) {
        return Documents.bind(Documents.tree(row.campaign), Campaign.class);
    }

    private static Review review(ReviewEntity row) {
        return new Review(
                row.id,
                campaign(row),
                row.closedAt == null ? "open" : "closed",
                row.openedBy,
                Instant.ofEpochMilli(row.openedAt),
                Optional.ofNullable(row.closedAt).map(Instant::ofEpochMilli),
                row.undecided);
    }

    private static Item item(ReviewItemEntity row) {
        return new Item(
                row.id,
                row.userId,
                row.kind,
                Optional.ofNullable(row.privilege),
                row.target,
                Optional.ofNullable(row.through),
                Optional.ofNullable(row.decision),
                Optional.ofNullable(row.decidedBy),
                Optional.ofNullable(row.decidedAt).map(Instant::ofEpochMilli),
                Optional.ofNullable(row.comment),
                Optional.ofNullable(row.effect));
    }

    private void append(AuditEntries entry) {
        new JpaAuditLog(session, realm).append(entry.at(clock));
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}
