"""«My chats»: where news goes, joining another chat, separating one."""
