using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Receipts;

internal static class ReceiptProblems
{
    public static readonly Problem ContentAwaited = new(
        409, "content-awaited", "Conflict", "This image has no content yet, so there is no receipt for it.");
}
