using BillionHearts.Api.Accounts;
using BillionHearts.Api.Delivery;
using BillionHearts.Api.Images;
using BillionHearts.Api.Pipeline;
using BillionHearts.Api.Platform;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Uploads;

namespace BillionHearts.Api;

/// <summary>Builds the whole service, so that tests run the same one as <c>Program</c>. The rooms are in the order of their dependencies.</summary>
internal static class ApiApplication
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.AddPlatform();
        builder.AddAccounts();
        builder.AddPipeline();
        builder.AddImages();
        builder.AddUploads();
        builder.AddDelivery();

        var app = builder.Build();
        app.UseHttp();
        app.MapPlatform();
        app.MapAccounts();
        app.MapPipeline();
        app.MapImages();
        app.MapUploads();
        app.MapDelivery();

        return app;
    }
}
