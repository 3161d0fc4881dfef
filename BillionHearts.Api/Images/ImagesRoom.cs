using BillionHearts.Api.Images.Addresses;
using BillionHearts.Api.Images.Listing;
using BillionHearts.Api.Images.Merging;
using BillionHearts.Api.Images.Metadata;
using BillionHearts.Api.Images.Similar;
using BillionHearts.Api.Images.Timeline;
using BillionHearts.Api.Images.Usage;
using BillionHearts.ServiceDefaults.Access;

namespace BillionHearts.Api.Images;

/// <summary>The image object: showing, listing, changing and deleting it, and the addresses of its bytes.</summary>
internal static class ImagesRoom
{
    public static void AddImages(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<UploadOptions>().BindConfiguration(UploadOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<MediaOptions>().BindConfiguration(MediaOptions.SectionName).ValidateDataAnnotations()
            .Validate<AccessMode>(
                (media, mode) => !mode.RequiresTokens || media.SigningKey is { Length: > 0 },
                "Media:SigningKey is required when tokens are required: without it, media addresses never expire.")
            .ValidateOnStart();

        services.AddSingleton<ImageReads>();
        services.AddSingleton<ImageWaits>();
        services.AddSingleton<ImageRenderer>();
        services.AddScoped<ImageTimeline>();
        services.AddScoped<WaitingAnalysis>();
        services.AddSingleton<UploadTargets>();
        services.AddSingleton<PageCursors>();
        services.AddScoped<SimilarSearch>();
        services.AddScoped<ImageUpdates>();
        services.AddScoped<ImageMerges>();
        services.AddScoped<MergeUndo>();
    }

    public static void MapImages(this IEndpointRouteBuilder routes)
    {
        routes.MapImage();
        routes.MapTimeline();
        routes.MapListing();
        routes.MapUsage();
        routes.MapSimilar();
        routes.MapMerges();
    }
}
