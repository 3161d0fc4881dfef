using System.Globalization;
using BillionHearts.Api.Errors;
using BillionHearts.Api.Images;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Listing;

/// <summary>Which of a user's images, in which order, from where on.</summary>
internal sealed record ListingQuery(int Limit, PageCursor? After, string? Status, string? FileType, bool IsOldestFirst)
{
    public const string CursorParameter = "cursor";
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    private const string NewestFirst = "-upload_date";
    private const string OldestFirst = "upload_date";

    private static readonly string[] s_parameters = ["limit", CursorParameter, "status", "file_type", "sort"];

    public static (ListingQuery? Query, Problem? Refusal) Read(IQueryCollection parameters)
    {
        var errors = new Dictionary<string, string[]>();

        // A parameter that is not ours is no error: the original service ignored it, and so may its clients have.
        foreach (var name in s_parameters.Where(name => parameters[name].Count > 1))
        {
            errors[name] = ["appears more than once"];
        }

        var limit = Limited(parameters["limit"], errors);
        var isOldestFirst = Ordered(parameters["sort"], errors);
        var query = new ListingQuery(
            limit, After: Placed(parameters[CursorParameter], isOldestFirst, errors), Filtered(parameters["status"], errors), Typed(parameters["file_type"], errors), isOldestFirst);

        return errors.Count is 0 ? (query, null) : (null, Problems.InvalidFields(errors));
    }

    public IQueryable<Image> Select(IQueryable<Image> images, long userId)
    {
        images = images.Where(image => image.UserId == userId);
        images = Status is null ? images : images.Where(image => image.Status == Status);
        images = FileType is null ? images : images.Where(image => image.FileType == FileType);

        if (After is { } after)
        {
            // A row comparison, which an index answers by starting at the place instead of counting up to it.
            images = IsOldestFirst
                ? images.Where(image => EF.Functions.GreaterThan(ValueTuple.Create(image.UploadDate, image.Id), ValueTuple.Create(after.UploadDate, after.Id)))
                : images.Where(image => EF.Functions.LessThan(ValueTuple.Create(image.UploadDate, image.Id), ValueTuple.Create(after.UploadDate, after.Id)));
        }

        return IsOldestFirst
            ? images.OrderBy(image => image.UploadDate).ThenBy(image => image.Id)
            : images.OrderByDescending(image => image.UploadDate).ThenByDescending(image => image.Id);
    }

    private static int Limited(string? text, Dictionary<string, string[]> errors)
    {
        if (text is null)
        {
            return DefaultLimit;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit)
        {
            return limit;
        }

        errors.TryAdd("limit", [$"must be a whole number between 1 and {MaxLimit}, not '{Problems.Shorten(text)}'"]);
        return 0;
    }

    private static bool Ordered(string? text, Dictionary<string, string[]> errors)
    {
        if (text is not (null or NewestFirst or OldestFirst))
        {
            errors.TryAdd("sort", [$"must be {NewestFirst} or {OldestFirst}, not '{Problems.Shorten(text)}'"]);
        }

        return text is OldestFirst;
    }

    private static PageCursor? Placed(string? text, bool isOldestFirst, Dictionary<string, string[]> errors)
    {
        if (text is null)
        {
            return null;
        }

        if (!PageCursor.TryParse(text, out var cursor))
        {
            errors.TryAdd(CursorParameter, ["is none that was given out here; take it from the Link header"]);
        }
        else if (cursor.IsOldestFirst != isOldestFirst)
        {
            errors.TryAdd(CursorParameter, ["belongs to the other sort order"]);
        }

        return cursor;
    }

    private static string? Filtered(string? status, Dictionary<string, string[]> errors)
    {
        if (status is not null && !ImageStatus.All.Contains(status))
        {
            errors.TryAdd("status", [$"must be one of {string.Join(", ", ImageStatus.All)}, not '{Problems.Shorten(status)}'"]);
        }

        return status;
    }

    private static string? Typed(string? text, Dictionary<string, string[]> errors)
    {
        if (text is null)
        {
            return null;
        }

        if (Images.FileType.TryParse(text, out var type))
        {
            return type.Name;
        }

        errors.TryAdd("file_type", [$"must be one of {Images.FileType.Names}, not '{Problems.Shorten(text)}'"]);
        return null;
    }
}
