package dev.sallyport.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import jakarta.ws.rs.core.Response.Status;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTextTest {

    @Test
    void aBodyIsReadAsItWasSent() {
        assertThat(RequestText.body(stream("{\"a\":\"é𝄞\"}".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("{\"a\":\"é𝄞\"}");
        assertThat(RequestText.body(null)).isEmpty();
    }

    @Test
    void aBodyOfOneMebibyteIsReadAndALargerOneIsRefused() {
        assertThat(RequestText.body(stream(new byte[RequestText.MAX_BODY]))).hasSize(RequestText.MAX_BODY);
        assertThatThrownBy(() -> RequestText.body(stream(new byte[RequestText.MAX_BODY + 1])))
                .isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.status())
                        .isEqualTo(Status.REQUEST_ENTITY_TOO_LARGE));
    }

    @Test
    void aBodyThatIsNotUtf8IsRefusedRatherThanRepaired() {
        assertThatThrownBy(() -> RequestText.body(stream(new byte[] {'"', (byte) 0xe9, '"'})))
                .isInstanceOf(DocumentFault.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/devices/a%00b",
                "/devices/%ED%A0%80",
                "/devices/%E9",
                "/devices?search=%00",
                "/devices?search=%ED%BF%BF",
                "/devices?search=a%C3"
            })
    void anAddressThatCannotBeReadExactlyIsRefused(String address) {
        assertThatThrownBy(() -> RequestText.checkAddress(URI.create("http://localhost" + address)))
                .isInstanceOf(Refusal.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/devices/a%2Fb%20%C3%A9", "/devices/%F0%9D%84%9E?search=100%25&max=1", "/devices"})
    void anAddressMayHoldAnyOtherCharacter(String address) {
        assertThatCode(() -> RequestText.checkAddress(URI.create("http://localhost" + address)))
                .doesNotThrowAnyException();
    }

    private static ByteArrayInputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }
}
