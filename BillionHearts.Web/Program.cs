using BillionHearts.Web;

await using var app = GalleryApplication.Build(WebApplication.CreateBuilder(args));
await app.RunAsync();
