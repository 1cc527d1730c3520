package dev.sallyport.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.device.Posture;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.posture.realm.PostureStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What somebody pushes about one device. */
record PostureReport(String device, Posture posture) {

    /** How many reports one request may hold. */
    static final int MAX_REPORTS = 1_000;

    /** What was pushed here, rather than fetched from somewhere, says so. */
    private static final String SOURCE = "registry";

    private static final Duration CLOCK_SKEW = Duration.ofSeconds(60);

    PostureReport {
        if (device == null || device.isBlank()) throw new DocumentFault("device", "is required");
        if (posture == null) throw new DocumentFault("posture", "is required");
    }

    PostureStore.Pushed pushed() {
        return new PostureStore.Pushed(device, posture);
    }

    /** @throws DocumentFault if it is no posture, or one that cannot have been observed yet */
    static Posture posture(String json, Instant now) {
        return accepted(Documents.read(json, Posture.class), now);
    }

    /** @throws DocumentFault with a path such as {@code [3].posture.observedAt} */
    static List<PostureReport> all(String json, Instant now) {
        var tree = Documents.read(json, JsonNode.class);
        if (!tree.isArray()) throw new DocumentFault("", "must be an array");
        if (tree.size() > MAX_REPORTS) {
            throw new DocumentFault("", "must not hold more than " + MAX_REPORTS + " entries");
        }
        var reports = new ArrayList<PostureReport>();
        for (int i = 0; i < tree.size(); i++) {
            try {
                reports.add(one(tree.get(i), now));
            } catch (DocumentFault fault) {
                throw fault.below("[" + i + "]");
            }
        }
        return reports;
    }

    private static PostureReport one(JsonNode entry, Instant now) {
        var report = Documents.bind(entry, PostureReport.class);
        try {
            return new PostureReport(report.device(), accepted(report.posture(), now));
        } catch (DocumentFault fault) {
            throw fault.below("posture");
        }
    }

    private static Posture accepted(Posture posture, Instant now) {
        if (posture.source().isPresent()) throw new DocumentFault("source", "is set by the server");
        // NB. A posture from the future would stay the newest one, and fresh, for as long as it pleases its sender.
        if (posture.observedAt().isAfter(now.plus(CLOCK_SKEW))) {
            throw new DocumentFault("observedAt", "must not be more than 60 seconds ahead of the server's time");
        }
        return posture.from(SOURCE);
    }
}
