package org.referralhub.console;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.api.Caller;
import org.referralhub.counts.CountSheet;
import org.referralhub.counts.CountTable;
import org.referralhub.counts.Counts;
import org.referralhub.counts.Dimension;
import org.referralhub.counts.TooFineException;
import org.referralhub.ledger.AccessLog;
import org.referralhub.ledger.BusyException;
import org.referralhub.message.Text;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Lazy;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.databind.json.JsonMapper;

/** Figures for the authority, in which no child can be recognised. Every question is noted, as over the API. */
@Controller
@Lazy
class StatisticPages {
    private static final String HIDDEN = "*";
    private static final List<String> COLUMNS = List.of(
            "identified",
            "referred",
            "acknowledged",
            "accepted",
            "rejected",
            "transferred",
            "solved",
            "overdue",
            "acknowledge",
            "accept");

    private final Counts counts;
    private final AccessLog access;
    private final MessageSource texts;
    private final JsonMapper json;

    StatisticPages(Counts counts, AccessLog access, MessageSource texts, JsonMapper json) {
        this.counts = counts;
        this.access = access;
        this.texts = texts;
        this.json = json;
    }

    /**
     * What is asked for.
     *
     * @param by what to tell apart
     */
    record Question(YearMonth from, YearMonth to, List<Dimension> by) {
        /** Null when it is one that nobody may ask. */
        static @Nullable Question of(@Nullable YearMonth from, @Nullable YearMonth to, Set<String> by) {
            List<Dimension> dimensions = new ArrayList<>();
            for (String code : by) {
                Dimension.of(code).ifPresent(dimensions::add);
            }
            if (from == null || to == null || dimensions.size() > Counts.MOST_DIMENSIONS) {
                return null;
            }
            long months = ChronoUnit.MONTHS.between(from, to) + 1;
            return months < 1 || months > Counts.MOST_MONTHS ? null : new Question(from, to, dimensions);
        }
    }

    /** A line of the table as it is shown. */
    record Line(List<String> heads, List<String> cells, boolean total) {}

    @GetMapping("/statistics")
    String statistics(
            @AuthenticationPrincipal Caller caller,
            @RequestParam(required = false) @Nullable YearMonth from,
            @RequestParam(required = false) @Nullable YearMonth to,
            @RequestParam(required = false) @Nullable Set<String> by,
            @ModelAttribute(name = "names", binding = false) Names names,
            Locale language,
            Model model) {
        Set<String> wanted = by == null ? Set.of() : new LinkedHashSet<>(by);
        model.addAttribute("from", from);
        model.addAttribute("to", to);
        model.addAttribute("by", wanted);
        model.addAttribute("dimensions", Dimension.values());
        model.addAttribute("columns", COLUMNS);
        model.addAttribute("smallest", counts.enough());
        if (from != null || to != null) {
            Question question = Question.of(from, to, wanted);
            if (question == null) {
                model.addAttribute(Notice.NAME, Notice.of("bad", "statistics.limits", Counts.MOST_MONTHS));
            } else {
                show(caller, question, names, language, model);
            }
        }
        return "statistics";
    }

    private void show(Caller caller, Question question, Names names, Locale language, Model model) {
        try {
            CountTable table = count(caller, question);
            List<Line> rows = new ArrayList<>();
            table.rows().forEach(row -> rows.add(line(table, row, names, language, false)));
            rows.add(line(table, table.total(), names, language, true));
            model.addAttribute("table", table);
            model.addAttribute("rows", rows);
            model.addAttribute("csv", address("/statistics/table.csv", question));
            model.addAttribute("json", address("/statistics/table.json", question));
        } catch (TooFineException e) {
            model.addAttribute(Notice.NAME, Notice.of("warn", "statistics.fine"));
        } catch (BusyException e) {
            model.addAttribute(Notice.NAME, Notice.of("warn", "statistics.busy"));
        }
    }

    private CountTable count(Caller caller, Question question) {
        access.note(caller.id(), CountSheet.question(question.from(), question.to(), question.by()));
        return counts.count(question.from(), question.to(), question.by());
    }

    private static String address(String path, Question question) {
        return UriComponentsBuilder.fromPath(path)
                .queryParam("from", question.from())
                .queryParam("to", question.to())
                .queryParam("by", question.by().stream().map(Dimension::code).toArray())
                .build()
                .toUriString();
    }

    private Line line(CountTable table, CountTable.Row row, Names names, Locale language, boolean total) {
        List<String> heads = new ArrayList<>();
        for (Dimension dimension : table.by()) {
            Text name = row.names().get(dimension.code());
            String value = row.of().get(dimension.code());
            if (total) {
                heads.add(all(language));
            } else {
                heads.add(name != null ? names.of(name) : String.valueOf(value));
            }
        }
        if (heads.isEmpty()) {
            heads.add(all(language));
        }
        return new Line(
                heads,
                List.of(
                        figure(row.identified()),
                        figure(row.referred()),
                        figure(row.acknowledged()),
                        figure(row.accepted()),
                        figure(row.rejected()),
                        figure(row.transferred()),
                        figure(row.solved()),
                        figure(row.overdue()),
                        times(row.acknowledge(), row.acknowledged(), language),
                        times(row.accept(), row.accepted(), language)),
                total);
    }

    private String all(Locale language) {
        return texts.getMessage("statistics.all", null, language);
    }

    private static String figure(@Nullable Long value) {
        return value == null ? HIDDEN : value.toString();
    }

    private String times(CountTable.@Nullable Times times, @Nullable Long answers, Locale language) {
        if (times == null) {
            return answers == null ? HIDDEN : "–";
        }
        return texts.getMessage(
                "statistics.times",
                new Object[] {length(times.median(), language), length(times.ninetieth(), language)},
                language);
    }

    private String length(int seconds, Locale language) {
        int minutes = seconds / 60;
        return minutes < 60
                ? texts.getMessage("time.minutes", new Object[] {minutes}, language)
                : texts.getMessage("time.hours", new Object[] {minutes / 60, minutes % 60}, language);
    }

    @GetMapping("/statistics/table.csv")
    void csv(
            @AuthenticationPrincipal Caller caller,
            @RequestParam YearMonth from,
            @RequestParam YearMonth to,
            @RequestParam(required = false) @Nullable Set<String> by,
            HttpServletResponse response)
            throws IOException {
        CountTable table = count(caller, asked(from, to, by));
        Sheet sheet = new Sheet(CountSheet.head(table));
        table.rows().forEach(row -> sheet.row(CountSheet.record(table, row)));
        sheet.row(CountSheet.record(table, table.total()));
        sheet.send(response, "statistics-%s-%s.csv".formatted(from, to));
    }

    @GetMapping("/statistics/table.json")
    ResponseEntity<byte[]> json(
            @AuthenticationPrincipal Caller caller,
            @RequestParam YearMonth from,
            @RequestParam YearMonth to,
            @RequestParam(required = false) @Nullable Set<String> by) {
        CountTable table = count(caller, asked(from, to, by));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("from", from.toString());
        answer.put("to", to.toString());
        answer.put("by", table.by().stream().map(Dimension::code).toList());
        answer.put("smallest", counts.enough());
        answer.put("rows", table.rows());
        answer.put("total", table.total());
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename("statistics-%s-%s.json".formatted(from, to), StandardCharsets.US_ASCII)
                                .build()
                                .toString())
                .body(json.writeValueAsBytes(answer));
    }

    /** What was shown a moment ago can't be counted now: the page says why. */
    @ExceptionHandler({BusyException.class, TooFineException.class})
    String notNow(RuntimeException failure, RedirectAttributes next) {
        next.addFlashAttribute(
                Notice.NAME,
                Notice.of("warn", failure instanceof BusyException ? "statistics.busy" : "statistics.fine"));
        return "redirect:/statistics";
    }

    private static Question asked(YearMonth from, YearMonth to, @Nullable Set<String> by) {
        Question question = Question.of(from, to, by == null ? Set.of() : by);
        if (question == null) {
            throw new NoSuchPageException();
        }
        return question;
    }
}
