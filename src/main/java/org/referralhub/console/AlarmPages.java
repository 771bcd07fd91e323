package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.alarm.AlarmHistory;
import org.referralhub.alarm.OpenAlarms;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** What operators are alarmed for, and what they were told. */
@Controller
@Lazy
class AlarmPages {
    private static final int OPEN = 200;
    private static final int PAGE = 50;

    private static final Counts COUNTS = new Counts();

    private final OpenAlarms open;
    private final AlarmHistory history;

    AlarmPages(OpenAlarms open, AlarmHistory history) {
        this.open = open;
        this.history = history;
    }

    /** What an alarm was for, taken apart for people. */
    static final class Counts {
        /** So many of a fault and an urgency; only the fault when it is told in some other way. */
        record Count(String number, String fault, String urgency) {}

        /** All of one notice. */
        public List<Count> of(AlarmHistory.Sent sent) {
            return sent.counts().stream().map(Counts::count).toList();
        }

        private static Count count(String told) {
            int first = told.indexOf(' ');
            int last = told.lastIndexOf(' ');
            return first < 0 || first == last
                    ? new Count("", told, "")
                    : new Count(told.substring(0, first), told.substring(first + 1, last), told.substring(last + 1));
        }
    }

    @GetMapping("/alarms")
    String alarms(@RequestParam(required = false) @Nullable String after, HttpServletRequest request, Model model) {
        List<AlarmHistory.Sent> sent = sent(after);
        model.addAttribute("open", open.open(OPEN));
        model.addAttribute("sent", sent);
        model.addAttribute("counts", COUNTS);
        model.addAttribute("first", Links.first(request));
        model.addAttribute(
                "next",
                Links.next(
                        request, sent.size() < PAGE ? null : sent.get(PAGE - 1).place()));
        return "alarms";
    }

    private List<AlarmHistory.Sent> sent(@Nullable String after) {
        try {
            return history.last(after, PAGE);
        } catch (IllegalArgumentException e) {
            throw new NoSuchPageException();
        }
    }
}
