using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using BillionHearts.Api.Accounts;
using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Delivery.Media;
using BillionHearts.Api.Images.Listing;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Delivery.Export;

/// <summary>
/// Streams a user's originals as a ZIP. Only a buffer of the bytes is in memory, and for each image its line in the manifest and
/// in the ZIP's directory. An export may take an hour, so it keeps nothing open in the database in the meantime.
/// </summary>
internal sealed partial class ImageExport(
    ImagesDbContext db, IBlobStore blobs, IntegrityAlarm alarm, IOptions<ExportOptions> options, ILogger<ImageExport> logger)
{
    public const string ContentType = "application/zip";

    private const string FoundBy = "export";
    private const int BufferSize = 128 * 1024;

    // Newest first: images that are uploaded during the export come before the first page, so they are not included and the export ends.
    private static readonly ListingOrder s_order = ListingOrder.NewestFirst;

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <returns>The reason why nothing was sent, or <see langword="null"/> if the response was written.</returns>
    public async Task<Problem?> SendAsync(HttpContext http, long userId, ImageFilter filter, CancellationToken cancellationToken)
    {
        var list = new ExportedList(userId, Caller.IsUser(http, userId), filter);
        var page = await PageAsync(list, after: null, cancellationToken);

        if (page.Count is 0)
        {
            return await db.Users.AnyAsync(user => user.Id == userId, cancellationToken) ? Problems.NoImages : Problems.UserNotFound;
        }

        var headers = http.Response.Headers;
        http.Response.ContentType = ContentType;
        headers.ContentDisposition = $"attachment; filename=\"images-{userId}.zip\"";
        headers.CacheControl = "private, no-store";
        headers.XContentTypeOptions = "nosniff";

        try
        {
            await WriteAsync(http.Response.Body, list, page, cancellationToken);
        }
        catch (Exception exception) when (http.Response.HasStarted)
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                Log.BrokenOff(logger, userId, exception.GetBaseException().Message);
            }

            // Aborts, because clients would take a properly ended response for a complete ZIP.
            http.Abort();
        }

        return null;
    }

    private async Task WriteAsync(Stream body, ExportedList list, List<PageCursor> page, CancellationToken cancellationToken)
    {
        var output = new ZipOutput(body);
        // Not disposed on failure, because that would write the end of the ZIP.
        var archive = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        var manifest = new ExportManifest();

        while (page.Count > 0)
        {
            foreach (var place in page)
            {
                await AddAsync(archive, manifest, list.UserId, place.Id, cancellationToken);
            }

            page = page.Count < options.Value.PageSize ? [] : await PageAsync(list, page[^1], cancellationToken);
        }

        await using (var entry = await NewEntry(archive, ExportManifest.FileName).OpenAsync(cancellationToken))
        {
            await JsonSerializer.SerializeAsync(entry, manifest, s_json, cancellationToken);
        }

        await archive.DisposeAsync();
        await output.FlushAsync(cancellationToken);
    }

    private async Task AddAsync(ZipArchive archive, ExportManifest manifest, long userId, long imageId, CancellationToken cancellationToken)
    {
        // Reads the image again, because the page may be an hour old.
        var image = await db.Images.AsNoTracking().SingleOrDefaultAsync(image => image.Id == imageId && image.UserId == userId, cancellationToken);

        if (image is null)
        {
            manifest.Fail(imageId, file: null, "deleted");
            return;
        }

        if (!image.HasContent)
        {
            manifest.Add(image, file: null);
            return;
        }

        string? file = null;
        await using var content = new BlobContentStream(blobs, alarm, image.StoragePath, image.FileSize, image.Sha256, FoundBy);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);

        try
        {
            // Reads before it creates the entry: an unreadable image gets no entry, and if the first read fails the response can still be an error.
            var read = await content.ReadAsync(buffer, cancellationToken);
            file = EntryName.Create(image);
            await using var entry = await NewEntry(archive, file, image.UploadDate).OpenAsync(cancellationToken);

            while (read > 0)
            {
                await entry.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                read = await content.ReadAsync(buffer, cancellationToken);
            }
        }
        catch (BlobMissingException)
        {
            manifest.Fail(imageId, file, "missing");
        }
        catch (BlobCorruptException)
        {
            manifest.Fail(imageId, file, "corrupt");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        manifest.Add(image, file);
    }

    private Task<List<PageCursor>> PageAsync(ExportedList list, PageCursor? after, CancellationToken cancellationToken) => list.Filter.ReadPageAsync(
        db, list.UserId, list.IsOwner, s_order, after, options.Value.PageSize, image => new PageCursor(image.UploadDate, image.Id), cancellationToken);

    /// <summary>Not compressed, because photos already are.</summary>
    private static ZipArchiveEntry NewEntry(ZipArchive archive, string name, DateTimeOffset? writtenAt = null)
    {
        var entry = archive.CreateEntry(name, CompressionLevel.NoCompression);

        // The range of years that a ZIP can store.
        if (writtenAt is { Year: >= 1980 and <= 2107 } at)
        {
            entry.LastWriteTime = at;
        }

        return entry;
    }

    private sealed record ExportedList(long UserId, bool IsOwner, ImageFilter Filter);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The export of user {UserId} was aborted: {Reason}")]
        public static partial void BrokenOff(ILogger logger, long userId, string reason);
    }
}
