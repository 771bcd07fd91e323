package org.referralhub.api;

import org.jspecify.annotations.Nullable;
import org.referralhub.message.Text;
import org.springframework.http.HttpStatus;

/** Every problem that the HTTP face answers with, and what its caller should do. */
enum Problem {
    BAD_REQUEST(
            HttpStatus.BAD_REQUEST,
            "The request cannot be read",
            "Хүсэлтийн параметр болон замыг /v3/api-docs-той тулгана уу.",
            "Compare path and parameters with /v3/api-docs."),
    UNAUTHENTICATED(
            HttpStatus.UNAUTHORIZED,
            "Who are you?",
            "Байгууллагын нэр, нууц үгээ HTTP Basic-аар илгээнэ үү.",
            "Send your agency's id and secret with HTTP Basic; ask the hub's administrator when the secret is lost."),
    FORBIDDEN(
            HttpStatus.FORBIDDEN,
            "Not for you",
            "Энэ үйлдэл танд нээлттэй биш, эсвэл ийм зам алга. /v3/api-docs-ийг үзнэ үү.",
            "This is not open to you, or there is no such path. See /v3/api-docs for what each role may call."),
    NOT_FOUND(
            HttpStatus.NOT_FOUND,
            "Not found",
            "Дугаараа шалгана уу. Зөвхөн өөрийн оролцсон лавлагаа харагдана.",
            "Check the identifier. You can only see what you are a party to."),
    METHOD_NOT_ALLOWED(
            HttpStatus.METHOD_NOT_ALLOWED,
            "Not with this method",
            "Зөвшөөрөгдсөн аргыг Allow толгойгоос харна уу.",
            "Use one of the methods named in the header Allow."),
    CONFLICT(
            HttpStatus.CONFLICT,
            "This message id was used for something else",
            "Шинэ messageId өгөх, эсвэл өмнөх лавлагааг AMEND-ээр өөрчилнө үү.",
            "Give the new message an id of its own, or change the earlier referral with an AMEND."),
    CHANGED(
            HttpStatus.CONFLICT,
            "It is no longer what you saw",
            "Өөр хүн эсвэл систем түрүүлж өөрчилсөн байна. Дахин нээж, одоогийн төлөвийг нь хараад шийднэ үү.",
            "Somebody else, or the hub, was faster, or its state does not allow this. Open it again and decide anew."),
    NOT_CORRECTABLE(
            HttpStatus.UNPROCESSABLE_CONTENT,
            "It can't be corrected here",
            "Илгээгчид нь буцааж, өөрөөр нь засуулна уу.",
            "Return it to its sender, who can."),
    TOO_LARGE(
            HttpStatus.CONTENT_TOO_LARGE,
            "Too large",
            "Хавсралтыг мессежид бүү оруул; зөвхөн лавлах хаягийг нь илгээнэ үү.",
            "Leave attachments out of the message and send a reference to them."),
    UNSUPPORTED_MEDIA_TYPE(
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            "Not a format that you speak",
            "Content-Type толгойд байгууллагынхаа форматын төрлийг бичнэ үү.",
            "Name one of your dialect's media types in the header Content-Type."),
    CONTENT_ENCODING(
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            "The body is packed",
            "Баримтыг шахалгүйгээр, Content-Encoding толгойгүй илгээнэ үү.",
            "Send the document as it is, without the header Content-Encoding."),
    TOO_MANY_REQUESTS(
            HttpStatus.TOO_MANY_REQUESTS,
            "Too many requests",
            "Retry-After толгойд заасан секунд хүлээгээд дахин оролдоно уу.",
            "Wait for as many seconds as the header Retry-After says, then try again."),
    TOO_MANY_FAILED_LOGINS(
            HttpStatus.TOO_MANY_REQUESTS,
            "Too many wrong secrets",
            "Retry-After толгойд заасан секунд хүлээгээд зөв нууц үгээр оролдоно уу.",
            "Wait for as many seconds as the header Retry-After says, then try with the right secret."),
    UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE,
            "Not ready",
            "Мессеж хүлээж авагдаагүй. Retry-After-т заасан хугацааны дараа ижил messageId-тай дахин илгээнэ үү.",
            "Nothing was accepted. Try again after Retry-After with the same message id; that is safe."),
    SEARCH_OFF(
            HttpStatus.NOT_IMPLEMENTED,
            "Nobody can be looked for by name or number",
            "Системийн администратор hub.search.key тохиргоонд түлхүүр зааж, дахин эхлүүлэх шаардлагатай.",
            "The hub's administrator has to name a secret in hub.search.key and start the hub again."),
    INTERNAL(
            HttpStatus.INTERNAL_SERVER_ERROR,
            "The hub failed",
            "Ижил messageId-тай дахин илгээж болно. Давтагдвал администраторт хандана уу.",
            "Sending again with the same message id is safe. If it happens again, tell the hub's administrator.");

    private final HttpStatus status;
    private final String title;
    private final Text remedy;

    Problem(HttpStatus status, String title, String remedyMn, String remedyEn) {
        this.status = status;
        this.title = title;
        this.remedy = new Text(remedyMn, remedyEn);
    }

    HttpStatus status() {
        return status;
    }

    String title() {
        return title;
    }

    /** Stable name of the problem. */
    String type() {
        return "urn:referral-hub:problem:"
                + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** The problem as it is answered. */
    ProblemDocument document(@Nullable String detail) {
        return new ProblemDocument(type(), title, status.value(), detail, remedy, null, null, null);
    }

    /** The problem as it is answered, about one referral. */
    ProblemDocument document(@Nullable String detail, @Nullable String referralId, @Nullable String reference) {
        return new ProblemDocument(type(), title, status.value(), detail, remedy, referralId, reference, null);
    }

    /** The problem as it is answered, with what something is by now. */
    ProblemDocument document(@Nullable String detail, ProblemDocument.Now now) {
        return new ProblemDocument(type(), title, status.value(), detail, remedy, null, null, now);
    }
}
