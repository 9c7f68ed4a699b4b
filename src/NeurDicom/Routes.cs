using NeurDicom.Accounts;
using NeurDicom.Browse;
using NeurDicom.Description;
using NeurDicom.Export;
using NeurDicom.Health;
using NeurDicom.Pages;
using NeurDicom.Store;
using Tornado;

namespace NeurDicom;

/// <summary>Every URL and what answers it, one line each. The first that matches the whole path counts.</summary>
internal static class Routes
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        // Patients, studies, series, instances
        Rule.To<PatientListHandler>(@"/api/patients"),
        Rule.To<PatientDetailHandler>(@"/api/patients/(?P<id>[0-9]+)"),
        Rule.To<PatientStudiesHandler>(@"/api/patients/(?P<id>[0-9]+)/studies"),
        Rule.To<StudyListHandler>(@"/api/studies"),
        Rule.To<StudyDetailHandler>(@"/api/studies/(?P<id>[0-9]+)"),
        Rule.To<StudySeriesHandler>(@"/api/studies/(?P<id>[0-9]+)/series"),
        Rule.To<StudyThumbnailHandler>(@"/api/studies/(?P<id>[0-9]+)/thumbnail"),
        Rule.To<SeriesListHandler>(@"/api/series"),
        Rule.To<SeriesDetailHandler>(@"/api/series/(?P<id>[0-9]+)"),
        Rule.To<SeriesInstancesHandler>(@"/api/series/(?P<id>[0-9]+)/instances"),
        Rule.To<SeriesVolumeHandler>(@"/api/series/(?P<id>[0-9]+)/volume"),
        Rule.To<SeriesThumbnailHandler>(@"/api/series/(?P<id>[0-9]+)/thumbnail"),
        Rule.To<InstanceListHandler>(@"/api/instances"),
        Rule.To<UploadHandler>(@"/api/instances/upload"),
        Rule.To<InstanceDetailHandler>(@"/api/instances/(?P<id>[0-9]+)"),

        // What an instance holds
        Rule.To<TagsHandler>(@"/api/instances/(?P<id>[0-9]+)/tags"),
        Rule.To<InstanceImageHandler>(@"/api/instances/(?P<id>[0-9]+)/image"),
        Rule.To<InstanceRawHandler>(@"/api/instances/(?P<id>[0-9]+)/raw"),
        Rule.To<BulkHandler>(@"/api/instances/(?P<id>[0-9]+)/bulk/(?P<path>[0-9A-F]{8}(?:/[0-9]+/[0-9A-F]{8})*)"),
        Rule.To<FileHandler>(@"/api/instances/(?P<id>[0-9]+)/file"),
        Rule.To<FileHandler>(@"/api/instances/(?P<id>[0-9]+)/versions/(?P<version>[0-9]+)/file"),

        // File-sets
        Rule.To<SelectionArchiveHandler>(@"/api/archive"),
        Rule.To<PatientArchiveHandler>(@"/api/patients/(?P<id>[0-9]+)/archive"),
        Rule.To<StudyArchiveHandler>(@"/api/studies/(?P<id>[0-9]+)/archive"),
        Rule.To<SeriesArchiveHandler>(@"/api/series/(?P<id>[0-9]+)/archive"),

        // Accounts
        Rule.To<SignInHandler>(@"/api/users/auth"),
        Rule.To<CheckHandler>(@"/api/users/check"),
        Rule.To<SignOutHandler>(@"/api/users/logout"),
        Rule.To<PasswordHandler>(@"/api/users/password"),
        Rule.To<UserListHandler>(@"/api/users"),
        Rule.To<UserHandler>(@"/api/users/(?P<id>[0-9]+)"),
        Rule.To<PasswordHandler>(@"/api/users/(?P<id>[0-9]+)/password"),
        Rule.To<SessionListHandler>(@"/api/sessions"),
        Rule.To<SessionHandler>(@"/api/sessions/(?P<id>[0-9a-f]+)"),
        Rule.To<TokenListHandler>(@"/api/tokens"),
        Rule.To<TokenHandler>(@"/api/tokens/(?P<id>[0-9]+)"),
        Rule.To<AuditHandler>(@"/api/audit"),

        // The archive as a whole
        Rule.To<StatisticsHandler>(@"/api/statistics"),
        Rule.To<ChangesHandler>(@"/api/changes"),
        Rule.To<VerifyHandler>(@"/api/verify"),
        Rule.To<OpenApiHandler>(@"/api/openapi\.json"),
        Rule.To<ApiPageHandler>(@"/docs", new { file = "page.html" }),
        Rule.To<ApiPageHandler>(@"/docs/page\.js", new { file = "page.js" }),
        Rule.To<ApiPageHandler>(@"/docs/page\.css", new { file = "page.css" }),
        Rule.To<LiveHandler>(@"/health/live"),
        Rule.To<ReadyHandler>(@"/health/ready"),

        // Pages for people
        Rule.To<StudiesPageHandler>(@"/"),
        Rule.To<StudyPageHandler>(@"/studies/(?P<id>[0-9]+)"),
        Rule.To<DeleteStudyPageHandler>(@"/studies/(?P<id>[0-9]+)/delete"),
        Rule.To<SeriesPageHandler>(@"/series/(?P<id>[0-9]+)"),
        Rule.To<DeleteSeriesPageHandler>(@"/series/(?P<id>[0-9]+)/delete"),
        Rule.To<TagsPageHandler>(@"/instances/(?P<id>[0-9]+)/tags"),
        Rule.To<UploadPageHandler>(@"/upload"),
        Rule.To<AccountPageHandler>(@"/account"),
        Rule.To<SessionsPageHandler>(@"/account/sessions"),
        Rule.To<TokensPageHandler>(@"/account/tokens"),
        Rule.To<UsersPageHandler>(@"/users"),
        Rule.To<SignInPageHandler>(@"/sign-in"),
        Rule.To<SignOutPageHandler>(@"/sign-out"),
        Rule.To<LanguageHandler>(@"/language"),
        Rule.To<AssetHandler>(@"/assets/(?P<name>[0-9a-z.-]+)"),
    ];
}
