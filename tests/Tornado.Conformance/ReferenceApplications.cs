namespace Tornado.Conformance;

/// <summary>
/// The applications of the reference in Python, in its order, as far as what they need is here. The places of those
/// that
/// are not are kept by empty ones, so that the ports stay.
/// </summary>
internal static class ReferenceApplications
{
    public static readonly string[] Names =
    [
        "main", "debug", "xsrf", "xsrf1", "gzip", "xheaders", "small", "custom404", "norules", "keyed", "prefix",
        "defhost", "rules", "bare", "xsrfuser",
    ];

    private const string Secret = "It's a secret to everybody";

    private static readonly CookieSecret TwoKeys = new(new Dictionary<int, string> { [0] = "k0", [1] = "k1" }, 1);

    public static IReadOnlyList<Application> Build() => [.. Names.Select(n => Build(n))];

    public static Application Build(string name, IServiceProvider? services = null) => name switch
    {
        "main" => new(MainRules(), Settings(Secret), services),
        "debug" => new(MainRules(), Debug(), services),
        "xheaders" => new([Rule.To<Req>("/req")], XHeaders(), services),
        "small" => new([Rule.To<Req>("/req"), Rule.To<StreamHandler>("/stream")], Small(), services),
        "custom404" => new([Rule.To<Hello>("/a")], Unmatched(), services),
        "keyed" => new([Rule.To<Signed>("/signed")], Settings(TwoKeys), services),
        "bare" => new([Rule.To<NeedSettings>("/need/(.*)")], Bare(), services),
        _ => new([], Settings(Secret), services),
    };

    // Tornado sends no Allow with a 405.
    private static ApplicationSettings Settings(CookieSecret secret)
        => new() { AllowHeader = false, CookieSecret = secret };

    private static ApplicationSettings Unmatched() => new() { AllowHeader = false, DefaultHandler = typeof(Custom404) };

    private static ApplicationSettings Bare() => new() { AllowHeader = false, LogFunction = _ => { } };

    private static ApplicationSettings Debug()
    {
        var settings = Settings(Secret);
        settings.ServeTraceback = true;
        return settings;
    }

    private static ApplicationSettings Small()
    {
        var settings = Settings(Secret);
        settings.MaxBodySize = 100;
        settings.MaxHeaderSize = 1000;
        return settings;
    }

    private static ApplicationSettings XHeaders()
    {
        var settings = Settings(Secret);
        settings.XHeaders = true;
        settings.TrustedDownstream.Add(System.Net.IPAddress.Parse("5.5.5.5"));
        return settings;
    }

    private static Rule[] MainRules() =>
    [
        Rule.To<OnFinishRaises>("/onfinish_raises"),
        Rule.To<EtagRaises>("/etag_raises"),
        Rule.To<RaiseAfterFinish>("/raise_after_finish"),
        Rule.To<WideCookie>("/wide/(.*)"),
        Rule.To<PrepRedirect>("/prep_redirect"),
        Rule.To<PrepSendError>("/prep_send_error"),
        Rule.To<PrepFinishException>("/prep_finish_exc"),
        Rule.To<OverrideWrite>("/override_write"),
        Rule.To<BothGets>("/both/(?P<a>[^/]+)/(?P<b>[^/]+)"),
        Rule.To<BothGets>("/both/(?P<a>[^/]+)"),
        Rule.To<StreamBad>("/stream_bad"),
        Rule.To<StreamVerbRaises>("/stream_verb"),
        Rule.To<Cors>(@"/api/patients/(\d+)"),
        Rule.To<NeedSettings>("/need/(.*)"),
        Rule.To<Order>("/order"),
        Rule.To<SetSigned>("/set_signed"),
        Rule.To<Hello>("/"),
        Rule.To<EventsHandler>("/events"),
        Rule.To<HelloHead>("/hh"),
        Rule.To<Nothing>("/nothing"),
        Rule.To<Empty>("/empty"),
        Rule.To<Multi>("/multi"),
        Rule.To<DictHandler>("/dict"),
        Rule.To<DictThenHeader>("/dict_then_header"),
        Rule.To<HeaderThenDict>("/header_then_dict"),
        Rule.To<FinishDict>("/finish_dict"),
        Rule.To<WriteBad>("/write_bad/(.*)"),
        Rule.To<WriteAfterFinish>("/write_after_finish"),
        Rule.To<FinishTwice>("/finish_twice"),
        Rule.To<SetHeaderHandler>("/set_header/(.*)"),
        Rule.To<DefaultHeaders>("/default_headers"),
        Rule.To<StatusHandler>("/status"),
        Rule.To<EtagHandler>("/etag"),
        Rule.To<EtagCustom>("/etag_custom"),
        Rule.To<EtagNone>("/etag_none"),
        Rule.To<Etag201>("/etag_201"),
        Rule.To<Flush>("/flush"),
        Rule.To<FlushEmpty>("/flush_empty"),
        Rule.To<FlushLen>("/flush_len"),
        Rule.To<FlushThen>("/flush_then_(.*)"),
        Rule.To<BadLength>("/bad_length/(.*)"),
        Rule.To<RedirectTo>("/redirect"),
        Rule.To<RedirectThenWrite>("/redirect_then_write"),
        Rule.To<RedirectCrlf>("/redirect_crlf"),
        Rule.To<SendErrorHandler>("/send_error"),
        Rule.To<SendErrorCustom>("/send_error_custom"),
        Rule.To<WriteErrorFails>("/write_error_fails"),
        Rule.To<Raise>("/raise"),
        Rule.To<PrepFinish>("/prep_finish"),
        Rule.To<PrepRaise>("/prep_raise"),
        Rule.To<InitRaise>("/init_raise", new { code = (int?)null }),
        Rule.To<InitRaise>("/init_http", new { code = 403 }),
        Rule.To<InitKeyword>("/init_kw", new { subject = "c++" }),
        Rule.To<AsyncHandler>("/async"),
        Rule.To<Args>("/args"),
        Rule.To<ArgRequired>("/arg_required"),
        Rule.To<Req>("/req"),
        Rule.To<Req>("/req/(.*)"),
        Rule.To<Files>("/files"),
        Rule.To<PathArgs>("/sub-city/(.+)/([a-z]+)"),
        Rule.To<PathArgs>(@"/sub-date/(?P<subject>.+)/(?P<date>\d+)"),
        Rule.To<PathArgs>(@"/opt/(\d+)?"),
        Rule.To<PathArgs>("/slashes/([^/]*)/([^/]*)"),
        Rule.To<PathArgs>("/nocap/(?:a|b)"),
        Rule.To<SetCookieHandler>("/set_cookie/(.*)"),
        Rule.To<GetCookieHandler>("/get_cookie"),
        Rule.To<Signed>("/signed"),
        Rule.To<LifecyclePlain>("/life"),
        Rule.To<LifecycleArg>("/life_arg/(.*)"),
        Rule.To<LifecycleSlow>("/life_slow"),
        Rule.To<StreamHandler>("/stream"),
        Rule.To<InitKeyword>("/python", new { subject = "python" }, "python_url"),
        Rule.To<PathArgs>(@"/pos/(\w+)/([0-9]+)/x\.y", name: "pos"),
        Rule.To<PathArgs>("/named/(?P<a>.*)/(?P<b>.*)", name: "named"),
        Rule.To<PathArgs>("/optn/(.*)?", name: "opt"),
        Rule.To<PathArgs>(@"/norev/\d+", name: "norev"),
        Rule.To<Reverse>("/rev"),
        Rule.To<ErrorHandler>("/err417", new { status_code = 417 }),
        Rule.To<InitKeyword>("/first", new { subject = "first wins" }),
        Rule.To<InitKeyword>("/first", new { subject = "second" }),
        Rule.To<Hello>("^/anch$"),
        Rule.To<Hello>("/dot.x"),
        Rule.To<ErrorHandler>("/byname", new { status_code = 451 }),
        Rule.To<Number>(@"/number/(.*)"),
    ];
}
