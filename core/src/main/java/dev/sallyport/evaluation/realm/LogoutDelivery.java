package dev.sallyport.evaluation.realm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.entity.UrlEncodedFormEntity;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.message.BasicNameValuePair;
import org.jboss.logging.Logger;
import org.keycloak.OAuth2Constants;

/**
 * Sends notices to applications side by side. None waits longer than a moment for its answer, and a session ends whether its
 * applications listen or not: the doors refuse them already.
 */
record LogoutDelivery(CloseableHttpClient http, ExecutorService threads) {

    private static final Logger LOG = Logger.getLogger(LogoutDelivery.class);

    /** Of all notices that are sent together; a body that never ends is cut off by it too. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final RequestConfig LIMITS = RequestConfig.custom()
            .setConnectTimeout(1_000)
            .setConnectionRequestTimeout(1_000)
            .setSocketTimeout(2_000)
            .setRedirectsEnabled(false)
            .build();

    private record Sent(LogoutNotice notice, HttpPost post, Future<?> answer) {}

    void send(List<LogoutNotice> notices) {
        var sent = new ArrayList<Sent>();
        for (var notice : notices) {
            var post = post(notice);
            sent.add(new Sent(notice, post, threads.submit(() -> deliver(notice, post))));
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (var each : sent) await(each, end - System.nanoTime());
    }

    private static HttpPost post(LogoutNotice notice) {
        var post = new HttpPost(notice.url());
        post.setConfig(LIMITS);
        post.setEntity(new UrlEncodedFormEntity(
                List.of(new BasicNameValuePair(OAuth2Constants.LOGOUT_TOKEN, notice.token())), StandardCharsets.UTF_8));
        return post;
    }

    private static void await(Sent sent, long nanos) {
        try {
            sent.answer().get(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            sent.post().abort();
            sent.answer().cancel(true);
            failed(sent.notice(), "no answer in time");
        } catch (ExecutionException e) {
            failed(sent.notice(), String.valueOf(e.getCause()));
        }
    }

    // NB. Once more when it was not understood: an application that restarts is soon there again.
    private void deliver(LogoutNotice notice, HttpPost post) {
        if (delivered(notice, post) || post.isAborted()) return;
        post.reset();
        if (!delivered(notice, post)) failed(notice, "refused twice");
    }

    private boolean delivered(LogoutNotice notice, HttpPost post) {
        try (var response = http.execute(post)) {
            int status = response.getStatusLine().getStatusCode();
            return status == 200 || status == 204;
        } catch (IOException e) {
            LOG.debugf(e, "back-channel logout of session %s at client %s", notice.sessionId(), notice.clientId());
            return false;
        }
    }

    private static void failed(LogoutNotice notice, String why) {
        LOG.warnf("client %s was not told that session %s is over: %s", notice.clientId(), notice.sessionId(), why);
    }
}
